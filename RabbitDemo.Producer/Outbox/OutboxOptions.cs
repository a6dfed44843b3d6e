using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Producer.Outbox;

/// <summary>Configuration section <c>RabbitDemo:Outbox</c>: where accepted events wait, and how many. Used with <c>RabbitDemo:Delivery=Outbox</c>.</summary>
internal sealed record OutboxOptions
{
    public const string Section = "RabbitDemo:Outbox";

    /// <summary>
    /// A SQLite file's name on a local disk; its folder is made when it is missing. Each process takes a file of its own:
    /// <c>outbox.db</c> stands for <c>outbox.0.db</c>, <c>outbox.1.db</c>…
    /// </summary>
    [Required(ErrorMessage = "{0} must be the name of a file.")]
    public string Path { get; init; } = ".data/producer-outbox.db";

    /// <summary>Most events that wait or are parked in one process's file; more are answered 503.</summary>
    [Range(1, 100_000_000)]
    public long Capacity { get; init; } = 1_000_000;

    /// <summary>The idempotency keys among the last so many accepted events are remembered: the same key with another body is answered 409.</summary>
    [Range(0, 100_000_000)]
    public long KeepKeys { get; init; } = 1_000_000;
}

[OptionsValidator]
internal sealed partial class OutboxOptionsValidator : IValidateOptions<OutboxOptions>;
