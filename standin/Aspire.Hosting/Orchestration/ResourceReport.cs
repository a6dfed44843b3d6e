using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Stands in for the dashboard: states, URLs and logs on the console, or to <c>ILogger</c> when the options ask for that.</summary>
internal sealed partial class ResourceReport(
    DistributedApplicationModel model,
    DistributedApplicationOptions options,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ILoggerFactory loggerFactory,
    IHostEnvironment environment) : BackgroundService
{
    private readonly Dictionary<string, string> _last = [];
    private bool _summarized;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var state in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
        {
            if (_last.TryAdd(state.ResourceId, ""))
                _ = FollowLogAsync(state, stoppingToken);

            if (!options.EnableResourceLogging && !state.Snapshot.IsHidden)
                Report(state);
        }
    }

    private static string DisplayName(IResource resource, string id)
    {
        var ids = resource.InstanceIds();
        return ids.Count == 1 ? resource.Name : $"{resource.Name}[{1 + ids.ToList().IndexOf(id)}]";
    }

    private async Task FollowLogAsync(ResourceEvent state, CancellationToken cancellationToken)
    {
        var logger = options.EnableResourceLogging ? loggerFactory.CreateLogger($"{environment.ApplicationName}.Resources.{state.Resource.Name}") : null;
        await foreach (var lines in loggers.Log(state.ResourceId).WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var line in lines)
            {
                if (logger is not null)
                    LogLine(logger, line.IsErrorMessage ? LogLevel.Error : LogLevel.Information, line.LineNumber, line.Content);
                else
                    ConsoleText.WriteLog(DisplayName(state.Resource, state.ResourceId), line.Content);
            }
        }
    }

    private void Report(ResourceEvent state)
    {
        var text = Describe(state);
        if (text.Length == 0 || text == _last[state.ResourceId])
            return;

        _last[state.ResourceId] = text;
        ConsoleText.WriteState(DisplayName(state.Resource, state.ResourceId), text);
        if (!_summarized && Summary() is { } summary)
        {
            _summarized = true;
            ConsoleText.Write(summary);
        }
    }

    /// <summary>Empty where there is nothing to say. Not yet healthy is no news; no longer healthy is.</summary>
    private string Describe(ResourceEvent state)
    {
        var snapshot = state.Snapshot;
        return snapshot.State?.Text switch
        {
            null => "",
            var text when state.Resource is ParameterResource && text != KnownResourceStates.ValueMissing => "",
            nameof(KnownResourceStates.NotStarted) when !state.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>() => "",
            nameof(KnownResourceStates.Running) when snapshot.HealthReports.Length == 0 => "Running",
            nameof(KnownResourceStates.Running) when snapshot.HealthStatus is HealthStatus.Healthy => "Running, healthy",
            nameof(KnownResourceStates.Running) when _last[state.ResourceId].StartsWith("Running, ", StringComparison.Ordinal) =>
                $"Running, unhealthy: {string.Join("; ", snapshot.HealthReports.Where(report => report.Status is not HealthStatus.Healthy).Select(report => report.Description))}",
            nameof(KnownResourceStates.Finished) => $"Finished with exit code {snapshot.ExitCode}",
            var text => text,
        };
    }

    /// <summary>Null while something that is to be started is not running and healthy.</summary>
    private string? Summary()
    {
        List<string> lines = ["All resources are running. Ctrl+C stops them."];
        foreach (var resource in model.Resources.Where(resource => resource is ExecutableResource or ProjectResource && !resource.HasAnnotationOfType<ExplicitStartupAnnotation>()))
        {
            foreach (var id in resource.InstanceIds())
            {
                if (!notifications.TryGetCurrentState(id, out var state) || state.Snapshot.HealthStatus is not HealthStatus.Healthy)
                    return null;
            }

            var urls = ResourceUrls.Snapshots(resource).Where(url => !url.IsInternal).Select(url => url.DisplayProperties.DisplayName.Length == 0 ? url.Url : $"{url.Url} ({url.DisplayProperties.DisplayName})");
            lines.Add($"  {resource.Name,-14} {string.Join("  ", urls)}".TrimEnd());
        }

        return string.Join(Environment.NewLine, lines);
    }

    [LoggerMessage("{LineNumber}: {LineContent}")]
    private static partial void LogLine(ILogger logger, LogLevel level, int lineNumber, string lineContent);
}
