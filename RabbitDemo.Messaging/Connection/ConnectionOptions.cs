using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Messaging;

/// <summary>How the connections to the broker are kept: section <c>RabbitDemo:Connection</c>.</summary>
public sealed record ConnectionOptions
{
    public const string Section = "RabbitDemo:Connection";

    /// <summary>The longest wait before the next attempt to connect; attempts begin at a tenth of a second and double, with jitter, and so do waits between sessions that last no longer than this.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00", ErrorMessage = "{0} must be between {1} and {2}.")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest that one attempt may take: connecting, declaring the topology and subscribing.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00", ErrorMessage = "{0} must be between {1} and {2}.")]
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>AMQP heartbeat. A connection that is cut silently is noticed after about three of these.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "{0} must be between {1} and {2}.")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(2);
}

[OptionsValidator]
internal sealed partial class ConnectionOptionsValidator : IValidateOptions<ConnectionOptions>;
