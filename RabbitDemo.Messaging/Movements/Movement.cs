namespace RabbitDemo.Messaging;

/// <summary>One moment in one message's life. It never holds the event's payload.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
/// <param name="MessageId">Whose.</param>
/// <param name="Tipo">The event's kind; null where it could not be read.</param>
/// <param name="Exchange">The exchange that it was first published to; empty for the default exchange.</param>
/// <param name="RoutingKey">The key that it was first published with.</param>
/// <param name="Queues">The work queue concerned; of a publish, each that gets a copy; none of a return.</param>
/// <param name="Attempt">Of a failed or given-up attempt, its number since it was first received or last redriven; else 0.</param>
/// <param name="Delay">Of a retry: how long it waits.</param>
/// <param name="Reason">Why it was returned, refused, retried or given up; null for the rest.</param>
/// <param name="TraceId">32 hexadecimal digits; null where there is none.</param>
public sealed record Movement(
    MovementKind Kind,
    DateTimeOffset At,
    string MessageId,
    string? Tipo,
    string Exchange,
    string RoutingKey,
    IReadOnlyList<string> Queues,
    int Attempt = 0,
    TimeSpan? Delay = null,
    string? Reason = null,
    string? TraceId = null);

/// <summary>How many of a kind there were since the last batch: all of them, those that are told one by one too.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Exchange">Of publishes, returns and refusals: the exchange, empty for the default one; empty for all other kinds.</param>
/// <param name="Queue">
/// The work queue; empty for returns and refusals. Publishes count once with an empty one, whatever becomes of them, and once more for each
/// queue that got a copy.
/// </param>
/// <param name="Count">How many.</param>
public sealed record MovementCount(MovementKind Kind, string Exchange, string Queue, long Count);

/// <summary>What a consumer says that it holds of one queue.</summary>
/// <param name="Queue">The work queue.</param>
/// <param name="Held">Deliveries received and not settled.</param>
/// <param name="OldestAt">When the oldest of them was received; null when it holds none.</param>
/// <param name="Prefetch">The most that it may hold.</param>
/// <param name="Trouble">What is in the way, in one line; null when nothing is.</param>
public sealed record Holding(string Queue, int Held, DateTimeOffset? OldestAt, int Prefetch, string? Trouble);

/// <summary>
/// What one process tells the lab: at most ten times a second, and once a second when there is nothing to tell. Lost without harm.
/// </summary>
/// <param name="Service">Which service it is a replica of.</param>
/// <param name="Instance">This process among the replicas.</param>
/// <param name="Since">When it started.</param>
/// <param name="Version">Of its program.</param>
/// <param name="Number">From 1, counted up by one: a gap says that batches were lost.</param>
/// <param name="At">When it was made.</param>
/// <param name="IsLast">The process is stopping in good order.</param>
/// <param name="Counts">All movements since the last batch.</param>
/// <param name="Movements">The first of them one by one, at most <see cref="MostMovements"/>.</param>
/// <param name="Holdings">Of a consumer: what it holds, queue by queue; empty for others.</param>
/// <param name="Publishes">What it has published since it started; null from a process that does not say.</param>
public sealed record MovementBatch(
    string Service,
    string Instance,
    DateTimeOffset Since,
    string Version,
    long Number,
    DateTimeOffset At,
    bool IsLast,
    IReadOnlyList<MovementCount> Counts,
    IReadOnlyList<Movement> Movements,
    IReadOnlyList<Holding> Holdings,
    PublishCounts? Publishes = null)
{
    public const int MostMovements = 40;
}
