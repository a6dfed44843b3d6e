using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitDemo.Benchmarks.Candidates;

/// <summary>The client library with confirms tracked outside it: one writing loop, and a table of what is outstanding.</summary>
internal sealed class RawTracked(Uri broker) : Raw(broker)
{
    private readonly Channel<Publish> waiting = System.Threading.Channels.Channel.CreateUnbounded<Publish>(new() { SingleReader = true });
    private readonly Lock gate = new();
    private readonly Queue<(ulong Sequence, Publish Publish)> outstanding = new();

    protected override CreateChannelOptions PublishOptions => new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);

    public override async Task StartPublisherAsync()
    {
        await base.StartPublisherAsync();
        Channel.BasicAcksAsync += (_, e) =>
        {
            Settle(e);
            return Task.CompletedTask;
        };
        _ = Task.Run(WriteAsync);
    }

    public override Task PublishAsync(long id)
    {
        var publish = new Publish(Body(id));
        waiting.Writer.TryWrite(publish);
        return publish.Task;
    }

    private async Task WriteAsync()
    {
        ulong sequence = 0;
        var exchange = new CachedString("");
        await foreach (var publish in waiting.Reader.ReadAllAsync())
        {
            lock (gate)
                outstanding.Enqueue((++sequence, publish));

            await Channel.BasicPublishAsync(exchange, Key, mandatory: true, Properties(), publish.Body);
        }
    }

    /// <summary>In order: of single confirms out of order, which a classic queue does not send, the earlier ones would be taken too early.</summary>
    private void Settle(BasicAckEventArgs e)
    {
        lock (gate)
        {
            while (outstanding.TryPeek(out var first) && first.Sequence <= e.DeliveryTag)
                outstanding.Dequeue().Publish.SetResult();
        }
    }

    private sealed class Publish(byte[] body) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public byte[] Body => body;
    }
}
