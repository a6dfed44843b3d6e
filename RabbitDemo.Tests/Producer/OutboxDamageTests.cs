using System.Net;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RabbitDemo.Producer.Outbox;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Producer;

/// <summary>A file of which one page cannot be read, in the midst of the events.</summary>
[Collection(SecondBrokerCollection.Name)]
public sealed class OutboxDamageTests(TestBroker broker) : IDisposable
{
    private const int Count = 2_000;
    private const int PageSize = 4_096;

    /// <summary>Events beside the damage, which SQLite cannot take out of the file.</summary>
    private const int Beside = 100;

    private readonly OutboxUnderTest outbox = new();

    public void Dispose() => outbox.Dispose();

    [BrokerFact]
    public async Task PublishesAndSettlesOnceWhatLiesBeforeIt()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await FillAsync();
        Damage();
        var readable = CountReadable();

        await using var producer = await outbox.StartAsync(virtualHost.Amqp.ToString());
        var health = await Eventually.GetAsync("the damage is reported, and what lies before it settled", TimeSpan.FromSeconds(20),
            () => OutboxUnderTest.HealthAsync(producer),
            health => health.Contains("cannot be read", StringComparison.Ordinal) && producer.Waiting <= Count - readable + Beside);
        var (ids, copies) = await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", readable);

        Assert.Equal(Enumerable.Range(0, readable).Select(id => (long)id), ids);
        Assert.Equal(0, copies);
        Assert.StartsWith("200 Degraded", health, StringComparison.Ordinal);
        Assert.Contains("malformed'. What it holds from there on", Assert.Single(producer.Complaints, line => line.Contains("cannot be read", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await OutboxUnderTest.SendAsync(producer, Count)).StatusCode);
    }

    [Fact]
    public async Task IsTriedOnceASecondAndSaidOnce()
    {
        await FillAsync();
        var whole = Damage();
        var (clock, log) = (new FakeTimeProvider(), new KeptLog(LogLevel.Information));
        await using var events = new EventOutbox(Options.Create(new OutboxOptions { Path = outbox.Path }), clock, NullLogger<EventOutbox>.Instance);
        var pages = new OutboxPages(events, clock, new Logger<OutboxPages>(new LoggerFactory([log])));
        pages.BeginAfter(0);

        var before = TakeAll(pages).Count;
        for (var i = 0; i < 3; i++)
        {
            Assert.False(pages.Unreadable?.IsCompleted);
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(pages.Unreadable?.IsCompleted);
            Assert.Null(pages.Peek());
        }

        Assert.Single(log.Lines);
        Assert.NotNull(events.Reader.Trouble);
        await File.WriteAllBytesAsync(outbox.FirstFile, whole);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Enumerable.Range(before + 1, Count - before).Select(seq => (long)seq), TakeAll(pages));
        Assert.Null(events.Reader.Trouble);
        Assert.Contains("can be read again", Assert.Single(log.Lines.Skip(1)), StringComparison.Ordinal);
    }

    private async Task FillAsync()
    {
        await using (var early = await outbox.StartAsync())
            await OutboxUnderTest.AcceptAllAsync(early, 0, Count);

        // All of it into the file itself.
        await using var connection = new SqliteConnection($"Data Source={outbox.FirstFile};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Overwrites the page that holds event 1500; the file as it was.</summary>
    private byte[] Damage()
    {
        var whole = File.ReadAllBytes(outbox.FirstFile);
        var at = whole.AsSpan().IndexOf(Encoding.UTF8.GetBytes("{\"id\":1500,")) / PageSize * PageSize;
        byte[] damaged = [.. whole];
        damaged.AsSpan(at, PageSize).Fill(0xEE);
        File.WriteAllBytes(outbox.FirstFile, damaged);
        return whole;
    }

    private int CountReadable()
    {
        using var connection = new SqliteConnection($"Data Source={outbox.FirstFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM events ORDER BY seq";
        using var rows = command.ExecuteReader();
        var readable = 0;
        Assert.Throws<SqliteException>(() =>
        {
            while (rows.Read())
                readable++;
        });
        return readable;
    }

    private static List<long> TakeAll(OutboxPages pages)
    {
        List<long> seqs = [];
        while (pages.Peek() is { } evento)
        {
            seqs.Add(evento.Seq);
            pages.Take();
        }

        return seqs;
    }
}
