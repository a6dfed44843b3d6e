using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>Makes the store ready at start, and keeps it in its bounds afterwards.</summary>
internal sealed class StoreService(MessageStore store, Retention retention, StoreOptions options, TimeProvider clock) : BackgroundService
{
    /// <summary>A store that is away does not keep the service from starting: it says so by its health, and waits.</summary>
    /// <exception cref="SettingException">The store is a newer program's, or refuses a table of the service's own.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.PrepareAsync(cancellationToken);
        }
        catch (InboxUnavailableException e) when (e.InnerException is StoreTooNewException or StoreTableException)
        {
            throw new SettingException(e.Message);
        }
        catch (InboxUnavailableException)
        {
            // The writer has logged it.
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.SweepSeconds), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await retention.SweepAsync(stoppingToken);
        }
    }
}
