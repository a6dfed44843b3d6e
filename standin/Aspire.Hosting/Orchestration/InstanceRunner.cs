using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts and stops one instance and publishes what becomes of it. An instance that ends is not started again by itself.</summary>
internal sealed partial class InstanceRunner(
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    ProcessGuard guard,
    TimeProvider clock)
{
    // As Aspire's orchestrator does (dcp, os_executor_unix.go: signalAndWaitTimeout).
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(6);

    public void Launch(Instance instance, Func<Instance, Launch> configure)
    {
        var log = loggers.Log(instance.Id);
        try
        {
            var launch = configure(instance);
            var process = ChildProcess.Start(launch, guard, log.Write);
            instance.Process = process;
            Publish(instance, state => Started(state, launch, process.Id, instance.Resource));
            _ = ReportExitAsync(instance, process);
        }
        catch (Exception failure)
        {
            Fail(instance, failure);
        }
    }

    public void Starting(Instance instance) => Publish(instance, state => state with
    {
        State = KnownResourceStates.Starting,
        ExitCode = null,
        StopTimeStamp = null,
        HealthReports = [.. instance.Resource.HealthCheckKeys().Select(key => new HealthReportSnapshot(key, null, null, null))],
    });

    public void Fail(Instance instance, Exception failure)
    {
        LogDidNotStart(loggers.GetLogger(instance.Id), failure.Message);
        Publish(instance, state => state with
        {
            State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
            StopTimeStamp = clock.GetUtcNow().UtcDateTime,
        });
    }

    public async Task StopAsync(Instance instance)
    {
        await instance.Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (instance.Process is not { } process)
                return;

            if (instance.IsRunning)
                Publish(instance, state => state with { State = KnownResourceStates.Stopping });

            // Even if it has ended by itself it may have left something behind.
            await process.StopAsync(s_patience).ConfigureAwait(false);
            await notifications.WaitForResourceAsync(instance.Resource.Name, state => state.ResourceId == instance.Id && state.Snapshot.State?.Text == KnownResourceStates.Finished).ConfigureAwait(false);
        }
        finally
        {
            instance.Gate.Release();
        }
    }

    private async Task ReportExitAsync(Instance instance, ChildProcess process)
    {
        var code = await process.Exited.ConfigureAwait(false);
        Publish(instance, state => state with
        {
            State = KnownResourceStates.Finished,
            ExitCode = code,
            StopTimeStamp = clock.GetUtcNow().UtcDateTime,
            Urls = [.. state.Urls.Select(url => url with { IsInactive = url.Name is not null })],
        });
        if (notifications.TryGetCurrentState(instance.Id, out var ended))
            await eventing.PublishAsync(new ResourceStoppedEvent(instance.Resource, services, ended)).ConfigureAwait(false);
    }

    private CustomResourceSnapshot Started(CustomResourceSnapshot state, Launch launch, int pid, IResource resource)
    {
        var started = state
            .With(KnownProperties.ExecutablePath, launch.Command)
            .With(KnownProperties.ExecutableWorkDir, launch.WorkingDirectory)
            .With(KnownProperties.ExecutableArgs, launch.Arguments.ToImmutableArray())
            .With(KnownProperties.ExecutablePid, pid);
        if (resource is ProjectResource project)
            started = started.With(KnownProperties.ProjectPath, project.GetProjectMetadata().ProjectPath);

        return started with
        {
            State = KnownResourceStates.Running,
            StartTimeStamp = clock.GetUtcNow().UtcDateTime,
            EnvironmentVariables = [.. launch.Environment.Select(variable => new EnvironmentVariableSnapshot(variable.Key, variable.Value, IsFromSpec: true))],
            Urls = [.. started.Urls.Select(url => url with { IsInactive = false })],
        };
    }

    private void Publish(Instance instance, Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        notifications.Publish(instance.Resource, instance.Id, change);

    [LoggerMessage(LogLevel.Error, "Did not start: {Reason}")]
    private static partial void LogDidNotStart(ILogger logger, string reason);
}
