using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Messaging;

/// <summary>How messages are published: section <c>RabbitDemo:Publisher</c>.</summary>
public sealed record PublisherOptions
{
    public const string Section = "RabbitDemo:Publisher";

    /// <summary>Most publishes of this process that wait for their confirm at a time; more wait their turn, inside their deadline.</summary>
    [Range(1, 65_536)]
    public int Window { get; init; } = 1_024;

    /// <summary>Channels that publishes are spread over: while the broker confirms those of one, it is sent those of another. Those of requests have one more.</summary>
    [Range(1, 64)]
    public int Channels { get; init; } = 2;

    /// <summary>The longest that a publish may take, retries after a lost connection included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00", ErrorMessage = "{0} must be between {1} and {2}.")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class PublisherOptionsValidator : IValidateOptions<PublisherOptions>;
