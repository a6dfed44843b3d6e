using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Orchestration;

/// <summary>Runs the health checks of every running resource, and says once when it is ready.</summary>
internal sealed class HealthMonitor(
    ResourceNotificationService notifications,
    HealthCheckService checks,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan s_whileHealthy = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_atMost = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, Watch> _watches = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var state in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
        {
            var resource = state.Resource;
            var watched = _watches.TryGetValue(resource.Name, out var watch);
            if (state.Snapshot.State?.Text == KnownResourceStates.Running)
            {
                if (!watched)
                {
                    watch = new(CancellationTokenSource.CreateLinkedTokenSource(stoppingToken));
                    _watches[resource.Name] = watch;
                    watch.Running = WatchAsync(resource, watch);
                }
                else if (state.Snapshot.HealthReports.Any(report => report.Status is null))
                {
                    // An instance came back: it is not to wait for the next round.
                    watch?.Hurry();
                }
            }
            else if (watch is not null && AllEnded(resource))
            {
                _watches.Remove(resource.Name);
                await watch.Stop.CancelAsync().ConfigureAwait(false);
                await watch.Running.ConfigureAwait(false);
                watch.Dispose();
            }
        }
    }

    private bool AllEnded(IResource resource) => resource.InstanceIds().All(id =>
        notifications.TryGetCurrentState(id, out var state) && KnownResourceStates.TerminalStates.Contains(state.Snapshot.State?.Text));

    private async Task WatchAsync(IResource resource, Watch watch)
    {
        var keys = resource.HealthCheckKeys();
        var ready = false;
        var failures = 0;
        try
        {
            while (true)
            {
                var report = keys.Length == 0 ? null : await CheckAsync(keys, watch.Stop.Token).ConfigureAwait(false);
                if (report is not null)
                    await PublishAsync(resource, report).ConfigureAwait(false);

                failures = report?.Status is null or HealthStatus.Healthy ? 0 : failures + 1;
                if (!ready && failures == 0)
                {
                    ready = true;
                    _ = PublishReadyAsync(resource, watch.Stop.Token);
                }

                if (report is null)
                {
                    await Task.Delay(Timeout.Infinite, watch.Stop.Token).ConfigureAwait(false);
                    return;
                }

                var pause = s_step * failures;
                await watch.PauseAsync(failures == 0 ? s_whileHealthy : pause < s_atMost ? pause : s_atMost).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<HealthReport> CheckAsync(string[] keys, CancellationToken cancellationToken)
    {
        try
        {
            return await checks.CheckHealthAsync(check => keys.Contains(check.Name), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A check that cannot even be made.
            return new(keys.ToDictionary(key => key, _ => new HealthReportEntry(HealthStatus.Unhealthy, failure.Message, TimeSpan.Zero, failure, null)), TimeSpan.Zero);
        }
    }

    private Task PublishAsync(IResource resource, HealthReport report)
    {
        ImmutableArray<HealthReportSnapshot> reports =
        [
            .. report.Entries.Select(entry => new HealthReportSnapshot(entry.Key, entry.Value.Status, entry.Value.Description, entry.Value.Exception?.ToString())
            {
                LastRunAt = clock.GetUtcNow().UtcDateTime,
            }),
        ];
        return notifications.PublishUpdateAsync(resource, state => state with { HealthReports = reports });
    }

    private async Task PublishReadyAsync(IResource resource, CancellationToken cancellationToken)
    {
        var published = eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);
        await published.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await notifications.PublishUpdateAsync(resource, state => state with { Ready = published }).ConfigureAwait(false);
    }

    private sealed class Watch(CancellationTokenSource stop) : IDisposable
    {
        private readonly SemaphoreSlim _hurry = new(0);

        public CancellationTokenSource Stop => stop;

        public Task Running { get; set; } = Task.CompletedTask;

        public void Hurry() => _hurry.Release();

        public async Task PauseAsync(TimeSpan pause)
        {
            await _hurry.WaitAsync(pause, Stop.Token).ConfigureAwait(false);
            while (_hurry.CurrentCount > 0)
                await _hurry.WaitAsync(Stop.Token).ConfigureAwait(false);
        }

        public void Dispose()
        {
            stop.Dispose();
            _hurry.Dispose();
        }
    }
}
