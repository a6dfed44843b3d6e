using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitDemo.Messaging;

/// <summary>Deletes exchanges that nothing is bound to; those of a proof that runs now have bindings and stay.</summary>
internal static class ProofSweep
{
    private const int PreconditionFailed = 406;

    /// <returns>Those that are gone.</returns>
    public static async Task<IReadOnlySet<string>> RunAsync(IConnection connection, IReadOnlyList<string> exchanges, CancellationToken cancellationToken)
    {
        var gone = new HashSet<string>(StringComparer.Ordinal);
        IChannel? channel = null;
        foreach (var exchange in exchanges)
        {
            channel ??= await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                await channel.ExchangeDeleteAsync(exchange, ifUnused: true, cancellationToken: cancellationToken);
                gone.Add(exchange);
            }
            catch (OperationInterruptedException e) when (e.ShutdownReason is { ReplyCode: PreconditionFailed })
            {
                await channel.DisposeAsync(); // the broker has closed it: in use
                channel = null;
            }
        }

        if (channel is not null)
            await channel.DisposeAsync();

        return gone;
    }
}
