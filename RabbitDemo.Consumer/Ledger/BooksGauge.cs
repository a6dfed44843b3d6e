using System.Diagnostics.Metrics;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Ledger;

/// <summary>
/// The books as a gauge, <c>rabbitdemo.books.messages</c>, by queue and place. Every replica shows the books of its service: take
/// the maximum over replicas, not the sum.
/// </summary>
internal sealed class BooksGauge : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly BooksQueries queries;
    private readonly TimeProvider clock;
    private readonly ObservableGauge<long> gauge;
    private volatile IReadOnlyList<QueueBooks> books = [];

    public BooksGauge(BooksQueries queries, IMeterFactory meters, TimeProvider clock)
    {
        this.queries = queries;
        this.clock = clock;
        gauge = meters.Create(MessagingTelemetry.Name).CreateObservableGauge(
            "rabbitdemo.books.messages", Observe, "{message}", "Messages in each place of the books, as of at most five seconds ago.");
    }

    /// <summary>Reads nothing while nobody listens, and keeps the last books while the store is away.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                books = gauge.Enabled ? await queries.ReadAsync(stoppingToken) : [];
            }
            catch (InboxUnavailableException)
            {
                // The store's writer and its health check say so.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<Measurement<long>> Observe() => books.SelectMany(queue => new[]
    {
        At(queue, "stored", queue.Stored),
        At(queue, "dead", queue.Dead),
        At(queue, "discarded", queue.Discarded),
        At(queue, "attempted", queue.Attempted),
        At(queue, "conflict", queue.Conflicts)
    });

    private static Measurement<long> At(QueueBooks queue, string place, long messages) =>
        new(messages, new("messaging.destination.name", queue.Queue), new("rabbitdemo.place", place));
}
