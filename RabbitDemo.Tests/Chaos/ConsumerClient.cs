using System.Net.Http.Json;

namespace RabbitDemo.Tests.Chaos;

/// <summary>What the consumer says of itself, over HTTP as anybody would ask.</summary>
internal sealed class ConsumerClient(Uri address) : IDisposable
{
    public const string Queue = "mensajes";

    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2) })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(30)
    };

    public async Task<IReadOnlyList<StoredEvent>> PageAsync(long after) =>
        await http.GetFromJsonAsync<StoredEvent[]>($"/messages?after={after}&limit=1000&queue={Queue}") ?? [];

    public async Task<Ledger> LedgerAsync() =>
        await http.GetFromJsonAsync<Ledger>("/ledger") ?? throw new InvalidOperationException("GET /ledger answered null.");

    public async Task<Books> BooksAsync() => (await LedgerAsync()).Queues.SingleOrDefault(q => q.Queue == Queue) ?? new Books(Queue);

    /// <param name="accepted">What the clients were promised.</param>
    /// <param name="ranEmpty">The broker holds nothing any more: then an id that the store does not know is missing.</param>
    public async Task<AuditAnswer> AuditAsync(IEnumerable<Accepted> accepted, bool ranEmpty)
    {
        var events = accepted.Select(a => new { messageId = a.MessageId, queue = Queue, acceptedAt = a.SentAt }).ToArray();
        using var response = await http.PostAsJsonAsync(ranEmpty ? "/ledger/audit?atBroker=0" : "/ledger/audit", events);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<AuditAnswer>() ?? throw new InvalidOperationException("POST /ledger/audit answered null.");
    }

    public async Task<IReadOnlyList<DeadLetterEntry>> DeadLettersAsync() => await http.GetFromJsonAsync<DeadLetterEntry[]>("/dead-letters?limit=1000") ?? [];

    /// <param name="plan">As <c>PUT /faults</c> takes it; <c>new { }</c> ends all faults.</param>
    public async Task SetFaultsAsync(object plan)
    {
        using var response = await http.PutAsJsonAsync("/faults", plan);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => http.Dispose();
}

internal sealed record StoredEvent(string MessageId, long Id, int Attempts, bool Redelivered, long Cursor);

internal sealed record Ledger(IReadOnlyList<Books> Queues, ProcessCounts Process);

internal sealed record ProcessCounts(DeliveryCounts Deliveries);

internal sealed record DeliveryCounts(long Delivered, long Redelivered, long Handled, long Duplicates);

internal sealed record Books(string Queue)
{
    public long Stored { get; init; }

    public long Dead { get; init; }

    public long Attempted { get; init; }

    public IReadOnlyList<DateTimeOffset> DeletedAt { get; init; } = [];

    public AtBroker? Broker { get; init; }

    /// <summary>The broker holds nothing of it, and the consumer neither.</summary>
    public bool RanEmpty => Broker is { Ready: 0, InFlight: 0, InRetry: 0, InDead: 0 };
}

internal sealed record AtBroker(long Ready, long InFlight, long InRetry, long InDead);

internal sealed record AuditAnswer(int Accepted, int Stored, int Discarded, int Missing, IReadOnlyList<AuditPlace> StoredTwice, IReadOnlyList<AuditPlace> Events);

internal sealed record AuditPlace(string MessageId, string Place, bool LostWithQueue);

internal sealed record DeadLetterEntry(string MessageId, string Reason, int Attempts);
