using RabbitDemo.Consumer.DeadLetters;
using RabbitDemo.Consumer.Ledger;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

[Collection(DatabaseCollection.Name)]
public sealed class BooksTests(Databases databases)
{
    /// <summary>Whatever happens to a few ids in whatever order, each is in one place and the totals are those of the ids.</summary>
    [Theory, OnSqlite, OnPostgres]
    public async Task BalanceAfterAnything(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replicas = new[] { store.Replica(), store.Replica() };
        var box = new DeadLetterBox(replicas[0], TimeProvider.System);
        var seed = Environment.TickCount;
        var random = new Random(seed);

        for (var step = 0; step < 400; step++)
        {
            var copy = random.Next(3);
            var delivery = Of($"id-{random.Next(12)}", number: random.Next(10) == 0 ? 2 : 1) with
            {
                ReceivedAt = Noon.AddSeconds(step),
                Redelivered = copy > 0,
                IsCrashSuspect = copy == 2,
                Redrive = random.Next(8) == 0 ? random.Next(4) : 0
            };
            await StepAsync(random, replicas[random.Next(2)], box, delivery);
        }

        var books = (await new BooksQueries(replicas[1]).ReadAsync(CancellationToken.None)).Single();
        Assert.True(
            await CountsAsync(replicas[1]) is var counted && (counted[0], counted[1], counted[2], counted[3]) == (books.Attempted, books.Stored, books.Dead, books.Discarded),
            $"Seed {seed}: {books} but the ids say {string.Join(' ', counted)}");
        Assert.True(books.Dead == await DeadLettersAsync(replicas[1]), $"Seed {seed}: {books.Dead} dead, but {await DeadLettersAsync(replicas[1])} letters");
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task RecordADeletionOnceForAllReplicas(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var (first, second) = (store.Replica(), store.Replica());
        await first.RecordQueueMissingAsync("mensajes", Noon, CancellationToken.None);
        await first.RecordQueueSeenAsync("mensajes", Noon.AddSeconds(1), CancellationToken.None);

        await first.RecordQueueMissingAsync("mensajes", Noon.AddMinutes(1), CancellationToken.None);
        await second.RecordQueueMissingAsync("mensajes", Noon.AddMinutes(1).AddSeconds(1), CancellationToken.None);
        await first.RecordQueueSeenAsync("mensajes", Noon.AddMinutes(1).AddSeconds(2), CancellationToken.None);
        await second.RecordQueueMissingAsync("mensajes", Noon.AddMinutes(1).AddSeconds(1.5), CancellationToken.None);

        var books = Assert.Single(await new BooksQueries(first).ReadAsync(CancellationToken.None));
        Assert.Equal([Noon.AddMinutes(1).AddSeconds(2)], books.DeletedAt); // until it was there again
    }

    private static async Task StepAsync(Random random, MessageStore store, DeadLetterBox box, Delivery delivery)
    {
        switch (random.Next(8))
        {
            case 0 or 1: await store.StoreAsync(delivery, delivery.ReceivedAt, CancellationToken.None); break;
            case 2: await store.FailAsync(delivery, Failure(delivery), CancellationToken.None); break;
            case 3: await store.BeginAsync(delivery, CancellationToken.None); break;
            case 4: await store.AbandonAsync(delivery, CancellationToken.None); break;
            case 5:
                var reason = random.Next(4) switch { 0 => DeathReasons.IdConflict, 1 => DeathReasons.Unreadable, _ => DeathReasons.HandlerFailed };
                await store.BuryAsync(Letter(delivery, reason), CancellationToken.None);
                break;
            case 6: await box.MarkRedrivenAsync(random.Next(20), CancellationToken.None); break;
            case 7: await box.DeleteAsync([random.Next(20)], CancellationToken.None); break;
        }
    }

    private static Task<long[]> CountsAsync(MessageStore store) => store.ReadAsync(
        async session =>
        {
            var counts = new long[4];
            await using var reader = await session.QueryAsync("SELECT place, COUNT(*) FROM ids GROUP BY place", [], CancellationToken.None);
            while (await reader.ReadAsync())
                counts[reader.GetInt32(0)] = reader.GetInt64(1);

            return counts;
        },
        CancellationToken.None);

    private static Task<long> DeadLettersAsync(MessageStore store) => store.ReadAsync(
        async session =>
        {
            await using var reader = await session.QueryAsync(
                "SELECT COUNT(*) FROM dead_letters WHERE state = 'dead' AND alone = 0", [], CancellationToken.None);
            await reader.ReadAsync();
            return reader.GetInt64(0);
        },
        CancellationToken.None);
}
