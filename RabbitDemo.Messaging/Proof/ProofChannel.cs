using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// A channel that publishes one message at a time and knows its verdict. The client's own confirm tracking is off: it adds a
/// header, and headers are what is proven.
/// </summary>
internal sealed class ProofChannel
{
    private readonly IChannel channel;
    private TaskCompletionSource<bool> verdict = new();
    private bool returned;

    private ProofChannel(IChannel channel)
    {
        this.channel = channel;
        channel.BasicReturnAsync += (_, _) => Task.FromResult(returned = true); // comes before its ack
        channel.BasicAcksAsync += (_, _) => End(returned);
        channel.BasicNacksAsync += (_, _) => Refuse("the broker refused the message");
    }

    public IChannel Channel => channel;

    public static async Task<ProofChannel> OpenAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        var proof = new ProofChannel(await session.OpenChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), cancellationToken));
        session.Connection.ConnectionBlockedAsync += (_, e) => proof.Refuse($"the broker takes no messages now: {e.Reason}");
        return proof;
    }

    /// <returns>Whether the message came back, for no queue takes it; the broker has confirmed it either way.</returns>
    public async Task<bool> PublishAsync(string exchange, string routingKey, IReadOnlyDictionary<string, object?>? headers, CancellationToken cancellationToken)
    {
        returned = false;
        verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var properties = new BasicProperties { Headers = headers?.ToDictionary() };
        await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, "{}"u8.ToArray(), cancellationToken);
        return await verdict.Task.WaitAsync(cancellationToken);
    }

    /// <summary>How many messages the queue holds: it is asked for one, and says how many more there are.</summary>
    public async Task<int> CountAsync(string queue, CancellationToken cancellationToken) =>
        await channel.BasicGetAsync(queue, autoAck: true, cancellationToken) is { } got ? 1 + (int)got.MessageCount : 0;

    private Task End(bool isReturned)
    {
        verdict.TrySetResult(isReturned);
        return Task.CompletedTask;
    }

    private Task Refuse(string reason)
    {
        verdict.TrySetException(new ProofUnavailableException($"The broker cannot prove it now: {reason}."));
        return Task.CompletedTask;
    }
}
