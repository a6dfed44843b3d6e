using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;

namespace RabbitDemo.Tests.Chaos;

/// <param name="MessageId">As the 202 named it.</param>
/// <param name="EventId">The number that this client gave the event.</param>
/// <param name="SentAt">Before the request that was answered 202.</param>
internal sealed record Accepted(string MessageId, long EventId, DateTimeOffset SentAt);

/// <summary>
/// Clients that send events until they are told to stop, and remember what they got a 202 for. Every second one gives its events a
/// key and sends again, under that key, until it has its 202; the others forget an event that was not taken.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    /// <summary>A kind of event that the handler fails while the test says so.</summary>
    public const string Failing = "falla";

    private const int Senders = 16;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan BeforeSendingAgain = TimeSpan.FromMilliseconds(200);
    private static long lastEventId;

    private readonly HttpClient http;
    private readonly string run = Guid.NewGuid().ToString("N")[..8];
    private readonly CancellationTokenSource enough = new();
    private readonly ConcurrentQueue<Accepted> accepted = [];
    private readonly Task sending;
    private int sent;
    private int refused;

    /// <param name="producer">Its address.</param>
    /// <param name="failing">How many in a hundred are of the kind that fails.</param>
    /// <param name="random">Decides which.</param>
    public Load(Uri producer, int failing, Random random)
    {
        http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = producer, Timeout = TimeSpan.FromSeconds(10) };
        int[] seeds = [.. Enumerable.Range(0, Senders).Select(_ => random.Next())];
        sending = Task.WhenAll(seeds.Select((seed, sender) => Task.Run(() => SendAsync(sender, failing, new Random(seed)))));
    }

    public IReadOnlyCollection<Accepted> Accepted => accepted;

    /// <summary>A number that no other event of this run has.</summary>
    public static long NextEventId() => Interlocked.Increment(ref lastEventId);

    /// <summary>Requests made.</summary>
    public int Sent => Volatile.Read(ref sent);

    /// <summary>Requests without a 202: 503, or no answer at all.</summary>
    public int Refused => Volatile.Read(ref refused);

    /// <summary>What the last 503 said.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>No new event from here on; those with a key are sent until they are taken.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        await enough.CancelAsync();
        await sending.WaitAsync(within);
    }

    public async ValueTask DisposeAsync()
    {
        await enough.CancelAsync();
        http.Dispose();
        enough.Dispose();
    }

    private async Task SendAsync(int sender, int failing, Random random)
    {
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            var key = sender % 2 == 0 ? $"chaos-{run}-{sender}-{i}" : null;
            var evento = new { id = NextEventId(), tipo = random.Next(100) < failing ? Failing : "registro", payload = new { usuario = $"u{i}" } };
            while (!await TrySendAsync(evento.id, evento, key) && key is not null)
                await Task.Delay(BeforeSendingAgain);

            await Task.Delay(Pace);
        }
    }

    private async Task<bool> TrySendAsync(long id, object evento, string? key)
    {
        var at = DateTimeOffset.UtcNow;
        Interlocked.Increment(ref sent);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/send") { Content = JsonContent.Create(evento) };
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);

            using var response = await http.SendAsync(request);
            if (response.StatusCode == HttpStatusCode.Accepted && await response.Content.ReadFromJsonAsync<Receipt>() is { } receipt)
            {
                accepted.Enqueue(new(receipt.MessageId, id, at));
                return true;
            }

            // Anything but "not now" is no answer that a fault excuses.
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                throw new InvalidOperationException($"POST /send answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");

            LastRefusal = await response.Content.ReadAsStringAsync();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            // The producer is away, or the answer was lost: not promised.
        }

        Interlocked.Increment(ref refused);
        return false;
    }
}

/// <summary>The part of a 202 that a client has to keep.</summary>
internal sealed record Receipt(string MessageId);
