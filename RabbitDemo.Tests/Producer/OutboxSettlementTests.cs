using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RabbitDemo.Producer.Outbox;
using RabbitDemo.Tests.AppHost;

namespace RabbitDemo.Tests.Producer;

/// <summary>What the relay has learnt, and a file that refuses to be told.</summary>
public sealed class OutboxSettlementTests : IDisposable
{
    private readonly TemporaryDirectory data = new();
    private readonly FakeTimeProvider clock = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task ParksWithTheNextWriteWhatACancelledOneHeld()
    {
        var options = Options.Create(new OutboxOptions { Path = Path.Combine(data.Path, "outbox.db") });
        await using var outbox = new EventOutbox(options, clock, NullLogger<EventOutbox>.Instance);
        foreach (var id in new[] { "uno", "dos", "tres" })
            await outbox.AcceptAsync(new(id, "", "mensajes", new Dictionary<string, string>(), "t", "{}"u8.ToArray(), clock.GetUtcNow()), key: null);

        var settlement = new OutboxSettlement(outbox, clock);
        using var stop = new CancellationTokenSource();
        await using (var other = new SqliteConnection($"Data Source={outbox.File};Pooling=False"))
        {
            await other.OpenAsync();
            await using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN IMMEDIATE";
            await hold.ExecuteNonQueryAsync();
            settlement.Park(1, "no queue");
            settlement.Write(stop.Token);
            await Eventually.TrueAsync("the file refuses the write", TimeSpan.FromSeconds(20), () => Task.FromResult(outbox.Trouble is not null));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => settlement.Writing);
        }

        settlement.Pass(2);
        settlement.Write(CancellationToken.None);
        await settlement.Writing;

        Assert.Equal(["uno"], outbox.Reader.Parked(0, 10).Select(parked => parked.Event.Event.MessageId));
        Assert.Equal(["tres"], outbox.Reader.After(0, 10).Select(evento => evento.Event.MessageId));
    }
}
