using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Messaging;

/// <summary>How queues are read: section <c>RabbitDemo:Receiver</c>; a queue's own values under <c>Queues:{queue}</c>.</summary>
public sealed record ReceiverOptions
{
    public const string Section = "RabbitDemo:Receiver";

    /// <summary>Most deliveries of a queue that this process holds unacknowledged.</summary>
    [Range(1, 65_535)]
    public int Prefetch { get; init; } = 1;

    /// <summary>Handlers of a queue that run at a time. With 1, first attempts are handled in the queue's order.</summary>
    [Range(1, 1_024)]
    public int Concurrency { get; init; } = 1;

    /// <summary>The longest that a handler may run before the attempt counts as failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00", ErrorMessage = "{0} must be between {1} and {2}.")]
    public TimeSpan HandlerTimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest that a shutdown waits for handlers; what is not done by then goes back to the broker.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ErrorMessage = "{0} must be between {1} and {2}.")]
    public TimeSpan DrainDeadline { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Waits before the second, third, … attempt, comma-separated; after the last of them a failing message is dead.</summary>
    [RegularExpression(@"\s*([^,\s]+\s*(,\s*[^,\s]+\s*)*)?", ErrorMessage = "{0} must be times such as 00:00:01, with one comma between two.")]
    public string RetryDelays { get; init; } = "00:00:01, 00:00:05, 00:00:30";

    /// <summary>
    /// Largest body that is handled, in bytes. More than a producer takes: of a <c>tipo</c> the wire form escapes some characters, which
    /// makes it up to 1 275 bytes longer than what was sent.
    /// </summary>
    [Range(1_024, 128 * 1_024 * 1_024)]
    public int MaxBodyBytes { get; init; } = 2 * 1_024 * 1_024;

    /// <summary>
    /// How often a message may end its process before it is dead. A redelivery counts as one, whatever the reason: with 1, all that was
    /// only prefetched when a connection was cut would be dead.
    /// </summary>
    [Range(2, 100)]
    public int MaxCrashes { get; init; } = 5;

    /// <summary>Messages ready, prefetch free and nothing delivered for this long: the consumer is taken for lost, and rebuilt.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "{0} must be between {1} and {2}.")]
    public TimeSpan WatchdogInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What one queue has otherwise, by its name.</summary>
    public IReadOnlyDictionary<string, QueueReading> Queues { get; init; } = new Dictionary<string, QueueReading>();

    public int PrefetchOf(string queue) => Queues.GetValueOrDefault(queue)?.Prefetch ?? Prefetch;

    public int ConcurrencyOf(string queue) => Queues.GetValueOrDefault(queue)?.Concurrency ?? Concurrency;

    public TimeSpan HandlerTimeLimitOf(string queue) => Queues.GetValueOrDefault(queue)?.HandlerTimeLimit ?? HandlerTimeLimit;

    /// <summary>The longest of <see cref="RetryDelays"/>; zero when there are none.</summary>
    public TimeSpan LongestRetryDelay() => Delays.DefaultIfEmpty().Max();

    internal IReadOnlyList<TimeSpan> Delays =>
        [.. RetryDelays.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(TimeSpan.Parse)];
}

/// <summary>What one queue has otherwise than <see cref="ReceiverOptions"/>; null for the same.</summary>
public sealed record QueueReading
{
    [Range(1, 65_535)]
    public int? Prefetch { get; init; }

    [Range(1, 1_024)]
    public int? Concurrency { get; init; }

    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00", ErrorMessage = "{0} must be between {1} and {2}.")]
    public TimeSpan? HandlerTimeLimit { get; init; }
}

/// <summary>Checks what attributes cannot: that each delay is one, and the values of each queue.</summary>
internal sealed class ReceiverOptionsValidator : IValidateOptions<ReceiverOptions>
{
    private static readonly ReceiverOptionsAttributes Attributes = new();
    private static readonly QueueReadingAttributes OfQueue = new();

    public ValidateOptionsResult Validate(string? name, ReceiverOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(Attributes.Validate(name: null, options));
        foreach (var (queue, reading) in options.Queues)
        {
            foreach (var failure in OfQueue.Validate(name: null, reading).Failures ?? [])
            {
                result.AddError($"{nameof(ReceiverOptions.Queues)}:{queue}:{failure}");
            }
        }

        var delays = options.RetryDelays.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var delay in delays)
        {
            if (!TimeSpan.TryParse(delay, out var parsed) || parsed < TimeSpan.FromMilliseconds(10) || parsed > TimeSpan.FromDays(7))
            {
                result.AddError($"{nameof(ReceiverOptions.RetryDelays)}: '{delay}' must be a time from 00:00:00.010 to 7.00:00:00.");
            }
        }

        return result.Build();
    }
}

[OptionsValidator]
internal sealed partial class ReceiverOptionsAttributes : IValidateOptions<ReceiverOptions>;

[OptionsValidator]
internal sealed partial class QueueReadingAttributes : IValidateOptions<QueueReading>;
