using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace RabbitDemo.Tests.Chaos;

/// <summary>One event that shows whether the system works: ready, taken, stored.</summary>
internal static class Probe
{
    public static readonly TimeSpan RecoversWithin = TimeSpan.FromSeconds(10);

    /// <returns>How long it took, and the event.</returns>
    /// <exception cref="TimeoutException">Not recovered in time: says what was missing.</exception>
    public static async Task<(TimeSpan Took, Accepted Event)> RecoveredAsync(ChaosSystem system)
    {
        var clock = Stopwatch.StartNew();
        await Eventually.GetAsync("producer and consumer are ready", RecoversWithin,
            async () => string.Join("; ", await system.NotReadyAsync("producer", "consumer")), notReady => notReady.Length == 0);
        var accepted = await Eventually.GetAsync("a fresh event is taken", RecoversWithin - clock.Elapsed, () => SendAsync(system.Producer, "registro"), a => a is not null);
        await Eventually.GetAsync("a fresh event is stored", RecoversWithin - clock.Elapsed, async () =>
        {
            await system.Witness.ReadOnAsync();
            return system.Witness.Find(accepted?.MessageId ?? "");
        }, stored => stored is not null);

        return (clock.Elapsed, accepted ?? throw new InvalidOperationException("It was taken."));
    }

    /// <returns>Null when it was not taken.</returns>
    public static async Task<Accepted?> SendAsync(Uri producer, string tipo)
    {
        using var http = new HttpClient { BaseAddress = producer, Timeout = TimeSpan.FromSeconds(6) };
        var evento = new { id = Load.NextEventId(), tipo, payload = new { } };
        var at = DateTimeOffset.UtcNow;
        using var response = await http.PostAsJsonAsync("/send", evento);
        return response.StatusCode == HttpStatusCode.Accepted && await response.Content.ReadFromJsonAsync<Receipt>() is { } receipt
            ? new(receipt.MessageId, evento.id, at)
            : null;
    }
}
