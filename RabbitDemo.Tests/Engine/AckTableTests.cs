using RabbitDemo.Messaging;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

public sealed class AckTableTests
{
    private readonly AckTable table = new();

    [Fact]
    public void TakesAFinishedPrefixAndThoseBeyondAGapOnce()
    {
        Finish(1, 2, 4);

        var first = Take();
        var none = Take();
        Finish(3, 5);
        var rest = Take();

        Assert.Equal("1 2 4, prefix 2; ; 3 5, prefix 2", $"{string.Join(' ', first.Tags)}, prefix {first.Prefix}; {string.Join(' ', none.Tags)}; {string.Join(' ', rest.Tags)}, prefix {rest.Prefix}");
    }

    [Fact]
    public void TakesEachTagOnceWhateverTheOrder()
    {
        var random = new Random(1);
        var tags = Enumerable.Range(1, 5_000).Select(i => (ulong)i).ToArray();
        random.Shuffle(tags);
        var finished = new HashSet<ulong>();
        var taken = new List<ulong>();

        foreach (var chunk in tags.Chunk(37))
        {
            Finish(chunk);
            finished.UnionWith(chunk);
            var (batch, prefix) = Take();

            Assert.All(batch.Take(prefix), tag => Assert.True(Enumerable.Range(1, (int)tag).All(t => finished.Contains((ulong)t))));
            taken.AddRange(batch);
        }

        Assert.Equal(tags.Order(), taken.Order());
    }

    private void Finish(params ulong[] tags)
    {
        foreach (var tag in tags)
            table.Finish(new(Message(tag), null));
    }

    private (ulong[] Tags, int Prefix) Take()
    {
        List<Finished> taken = [];
        var prefix = table.Take(taken);
        return ([.. taken.Select(f => f.Message.DeliveryTag)], prefix);
    }

    private static ReceivedMessage Message(ulong tag) => new()
    {
        DeliveryTag = tag,
        Redelivered = false,
        Properties = new BasicProperties(),
        MessageId = "",
        HadMessageId = true,
        Delivery = null,
        Origin = new("", "", 0),
        Unreadable = null,
        Error = null,
        Body = []
    };
}
