namespace RabbitDemo.Benchmarks.Candidates;

/// <summary>
/// One way to publish to and consume from a queue of its own, durable and classic: persistent messages of the same event, confirmed
/// one by one, acknowledged after handling.
/// </summary>
internal interface ICandidate : IAsyncDisposable
{
    string Queue { get; }

    Task StartPublisherAsync();

    /// <summary>Returns when the broker has confirmed the event.</summary>
    Task PublishAsync(long id);

    /// <param name="prefetch">Most deliveries held unacknowledged.</param>
    /// <param name="handled">Called once for each event, with its number.</param>
    Task StartConsumerAsync(int prefetch, Action<long> handled);
}
