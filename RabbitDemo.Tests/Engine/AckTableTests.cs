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

    [Fact]
    public void KeepsNothingForThoseThatPassAnUnfinishedOne()
    {
        const ulong Held = 7, Last = 100_000;
        var finished = Enumerable.Range(1, (int)Last).Select(i => new Finished(Message((ulong)i), null)).ToArray();
        List<Finished> taken = new(1);
        var wrong = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var one in finished.Where(one => one.Message.DeliveryTag != Held))
        {
            table.Finish(one);
            taken.Clear();
            var prefix = table.Take(taken);
            wrong += taken is [var only] && only == one && prefix == (only.Message.DeliveryTag < Held ? 1 : 0) ? 0 : 1;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Finish(Held);
        var last = Take();
        Finish(Last + 1);
        var after = Take();

        Assert.Equal(0, wrong);
        Assert.Equal($"{Held} 1; {Last + 1} 1", $"{string.Join(' ', last.Tags)} {last.Prefix}; {string.Join(' ', after.Tags)} {after.Prefix}");
        Assert.True(allocated < 500_000, $"{allocated} bytes for {Last} that passed one");
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
