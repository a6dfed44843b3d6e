using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Outbox;
using RabbitDemo.Tests.AppHost;

namespace RabbitDemo.Tests.Producer;

/// <summary>An ended process's file that can be read, and not written.</summary>
public sealed class OutboxAdoptionTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory data = new();
    private readonly FakeTimeProvider clock = new();
    private readonly KeptLog log = new();

    public void Dispose() => data.Dispose();

    private string Left => Path.Combine(data.Path, "outbox.1.db");

    [Fact]
    public async Task CopiesNothingWhileAnotherConnectionHoldsTheFile()
    {
        await using var outbox = await OpenBesideALeftOneAsync();
        await using var other = new SqliteConnection($"Data Source={Left};Pooling=False");
        await other.OpenAsync();
        await RunAsync(other, "BEGIN IMMEDIATE");

        using var adoption = await StartAsync(outbox);
        await FailAsync(2);
        Assert.Equal((0, 0), (outbox.Waiting, outbox.Parked));
        Assert.DoesNotContain(log.Lines, line => line.Contains("No event is accepted", StringComparison.Ordinal));
        await RunAsync(other, "ROLLBACK");
        await AdoptedAsync(outbox);
        await adoption.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task CopiesNothingOfAReadOnlyFile()
    {
        await using var outbox = await OpenBesideALeftOneAsync();
        SetWriteVersion(3); // of a later SQLite, which this one may read, and nobody's mode bits

        using var adoption = await StartAsync(outbox);
        await FailAsync(2);
        Assert.Equal((0, 0), (outbox.Waiting, outbox.Parked));
        await adoption.StopAsync(CancellationToken.None);
        SetWriteVersion(2);
        using var again = await StartAsync(outbox);
        await AdoptedAsync(outbox);
        await again.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task CopiesOnceWhatCannotBeDeleted()
    {
        await using var outbox = await OpenBesideALeftOneAsync();
        await using var other = new SqliteConnection($"Data Source={Left};Pooling=False");
        await other.OpenAsync();
        await RunAsync(other, "CREATE TRIGGER stays BEFORE DELETE ON parked BEGIN SELECT RAISE(ABORT, 'it stays'); END");

        using var adoption = await StartAsync(outbox);
        await FailAsync(3);
        Assert.Equal((2, 1), (outbox.Waiting, outbox.Parked));
        await RunAsync(other, "DROP TRIGGER stays");
        await AdoptedAsync(outbox);
        await adoption.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task LeavesNoKeyBehindOfWhatIsGivenUpHere()
    {
        await using var outbox = await OpenBesideALeftOneAsync();
        using (var adoption = await StartAsync(outbox))
        {
            await AdoptedAsync(outbox);
            await adoption.StopAsync(CancellationToken.None);
        }

        await outbox.SettleAsync(outbox.Newest, [.. outbox.Reader.After(0, 10).Select(evento => new Unroutable(evento.Seq, "no queue"))]);
        Assert.Equal(3, await outbox.DiscardAsync(outbox.Reader.ParkedIds(0, long.MaxValue, 10)));
        await using var again = Open();
        await AcceptAsync(again);

        Assert.Equal(Left, again.File);
        Assert.Equal(["uno", "dos", "tres"], again.Reader.After(0, 10).Select(evento => evento.Event.MessageId));
    }

    [Fact]
    public async Task LeavesTheKeysOfWhatCannotBeDeleted()
    {
        await using var outbox = await OpenBesideALeftOneAsync();
        await using (var other = new SqliteConnection($"Data Source={Left};Pooling=False"))
        {
            await other.OpenAsync();
            await RunAsync(other, "CREATE TRIGGER stays BEFORE DELETE ON parked BEGIN SELECT RAISE(ABORT, 'it stays'); END");
        }

        using (var adoption = await StartAsync(outbox))
        {
            await FailAsync(1);
            await adoption.StopAsync(CancellationToken.None);
        }

        await using var again = Open();
        await AcceptAsync(again);

        Assert.Equal((2, 1), (again.Waiting, again.Parked));
    }

    /// <summary>The first process's outbox, and that of a second which ended with two events that wait and a parked one.</summary>
    private async Task<EventOutbox> OpenBesideALeftOneAsync()
    {
        var outbox = Open();
        await using var ended = Open();
        await AcceptAsync(ended);
        await ended.SettleAsync(1, [new(1, "no queue")]);
        return outbox;
    }

    private async Task AcceptAsync(EventOutbox outbox)
    {
        foreach (var id in new[] { "uno", "dos", "tres" })
        {
            PreparedEvent evento = new(id, "", "mensajes", new Dictionary<string, string>(), "t", "{}"u8.ToArray(), clock.GetUtcNow());
            Assert.Equal(Acceptance.OnDisk, await outbox.AcceptAsync(evento, new([1], [1])));
        }
    }

    private IOptions<OutboxOptions> Settings => Options.Create(new OutboxOptions { Path = Path.Combine(data.Path, "outbox.db") });

    private EventOutbox Open() => new(Settings, clock, NullLogger<EventOutbox>.Instance);

    private async Task<OutboxAdoption> StartAsync(EventOutbox outbox)
    {
        var adoption = new OutboxAdoption(outbox, Settings, clock, new Logger<OutboxAdoption>(new LoggerFactory([log])));
        await adoption.StartAsync(CancellationToken.None);
        return adoption;
    }

    /// <summary>Lets time pass until the file could not be taken over so many times.</summary>
    private Task<int> FailAsync(int times) => Eventually.GetAsync($"it has failed {times} times", Soon, () =>
    {
        clock.Advance(TimeSpan.FromSeconds(30));
        return Task.FromResult(log.Lines.Count(line => line.Contains("cannot be taken over", StringComparison.Ordinal)));
    }, failed => failed >= times);

    /// <summary>Lets time pass until everything is in the outbox and nothing in the file; each must have come once.</summary>
    private async Task AdoptedAsync(EventOutbox outbox)
    {
        await Eventually.GetAsync("nothing is left in the file", Soon, () =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            using var reader = new OutboxReader(Left);
            return Task.FromResult(reader.After(0, 10).Count + reader.Parked(0, 10).Count);
        }, left => left == 0);

        Assert.Equal(["dos", "tres"], outbox.Reader.After(0, 10).Select(evento => evento.Event.MessageId));
        Assert.Equal(["uno"], outbox.Reader.Parked(0, 10).Select(parked => parked.Event.Event.MessageId));
    }

    private void SetWriteVersion(byte version)
    {
        using var file = new FileStream(Left, FileMode.Open, FileAccess.ReadWrite);
        file.Position = 18;
        file.WriteByte(version);
    }

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
