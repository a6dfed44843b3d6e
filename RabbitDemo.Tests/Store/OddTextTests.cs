using RabbitDemo.Consumer.DeadLetters;
using RabbitDemo.Consumer.Ledger;
using RabbitDemo.Consumer.Messages;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

/// <summary>What somebody asks for is found or not; no text makes the database refuse the question.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class OddTextTests(Databases databases)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task NothingIsFoundByATextThatTheDatabaseCannotHold(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.StoreAsync(Of("a"), Noon, CancellationToken.None);
        await replica.BuryAsync(Letter(Of("b")), CancellationToken.None);
        var (messages, letters) = (new MessageQueries(replica), new DeadLetterBox(replica, TimeProvider.System));

        foreach (var odd in new[] { "\0", "a\0", "\uD800" })
        {
            Assert.Empty((await messages.PageAsync(new MessageFilter(odd, null), after: null, limit: 9, CancellationToken.None)).Events);
            Assert.Empty((await messages.PageAsync(new MessageFilter("registro", odd), after: 0, limit: 9, CancellationToken.None)).Events);
            Assert.Empty(await messages.PlacesAsync(odd, CancellationToken.None));
            Assert.Null(await new MessageHistories(replica).FindAsync(odd, CancellationToken.None));
            foreach (var question in new MessageQuestion[] { new(odd, null, null, null), new(null, null, odd, null), new(null, null, null, odd) })
                Assert.Empty(await new MessageSearch(replica).FindAsync(question, limit: 9, CancellationToken.None));

            foreach (var filter in new DeadLetterFilter[] { new(odd, null), new(null, odd), new(null, null, odd), new(null, null, null, odd) })
                Assert.Empty(await letters.PageAsync(filter, after: null, limit: 9, CancellationToken.None));

            Assert.Empty(await letters.DeadAsync(new(odd, odd), after: 0, limit: 9, CancellationToken.None));
            var audit = new Audit(replica, Topology.Default, new ReceiverIdentity("consumer", "consumer/1"));
            var report = await audit.RunAsync([new(odd), new("a", odd), new("a")], new Dictionary<string, long>(), CancellationToken.None);
            Assert.Equal((1, 2), (report.Stored, report.Missing));
        }
    }
}
