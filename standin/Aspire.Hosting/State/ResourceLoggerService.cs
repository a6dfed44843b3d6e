using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What resources wrote: their processes' output, and what is logged about them.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    public ILogger GetLogger(IResource resource) => new ResourceLogger(resource.InstanceIds().Select(Log).ToArray());

    public ILogger GetLogger(string resourceName) => new ResourceLogger([Log(resourceName)]);

    /// <summary>The lines of all the resource's instances, as they come.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => MergeAsync(resource.InstanceIds());

    /// <summary>The last lines written, then all later ones, in batches.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Log(resourceName).WatchAsync();

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return Log(resourceName).Backlog;
    }

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.InstanceIds()[0]);

    public void Complete(IResource resource)
    {
        foreach (var id in resource.InstanceIds())
            Complete(id);
    }

    public void Complete(string name) => Log(name).Complete();

    public void Dispose()
    {
        foreach (var log in _logs.Values)
            log.Complete();

        GC.SuppressFinalize(this);
    }

    internal ResourceLog Log(string id) => _logs.GetOrAdd(id, _ => new());

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> MergeAsync(IReadOnlyList<string> ids, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var merged = Channel.CreateUnbounded<IReadOnlyList<LogLine>>();
        var all = Task.WhenAll(ids.Select(async id =>
        {
            await foreach (var lines in Log(id).WatchAsync(cancellationToken).ConfigureAwait(false))
                merged.Writer.TryWrite(lines);
        }));
        _ = all.ContinueWith(ended => merged.Writer.TryComplete(ended.Exception), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await foreach (var lines in merged.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            yield return lines;
    }
}

internal sealed class ResourceLogger(ResourceLog[] logs) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;

        var text = exception is null ? formatter(state, exception) : $"{formatter(state, exception)}: {exception.Message}";
        foreach (var log in logs)
            log.Write(text, logLevel >= LogLevel.Error);
    }
}
