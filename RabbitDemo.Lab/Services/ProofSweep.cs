using RabbitDemo.Messaging;

namespace RabbitDemo.Lab.Services;

/// <summary>
/// Deletes what an earlier lab's proofs may have left on the broker. A proof's copy goes with its connection: this is for a broker
/// that went down in that moment.
/// </summary>
internal sealed class ProofSweep(ManagementApi management, TopologyProof proof, MovementReader reader, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (management.Address is null)
            return;

        using var timer = new PeriodicTimer(Interval, clock);
        while (!await TrySweepAsync(stoppingToken))
            await timer.WaitForNextTickAsync(stoppingToken);
    }

    private async Task<bool> TrySweepAsync(CancellationToken cancellationToken)
    {
        if (reader.Status.Phase != ConnectionPhase.Ready)
            return false;

        try
        {
            await proof.SweepAsync(await management.ExchangesAsync(cancellationToken), cancellationToken);
            return true;
        }
        catch (Exception e) when (e is ManagementAwayException or ProofUnavailableException)
        {
            return false;
        }
    }
}
