using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Consumer.Handling;

/// <summary>Section <c>RabbitDemo:Handling</c>.</summary>
internal sealed record HandlingOptions
{
    public const string Section = "RabbitDemo:Handling";

    /// <summary>How long each event takes, so that there is something to see. Unset: 10 s for <c>mensajes</c> in development, else nothing.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ErrorMessage = "{0} must be between {1} and {2}.")]
    public TimeSpan? Delay { get; init; }
}

[OptionsValidator]
internal sealed partial class HandlingOptionsValidator : IValidateOptions<HandlingOptions>;
