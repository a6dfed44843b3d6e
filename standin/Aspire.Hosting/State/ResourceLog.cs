using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

internal sealed class ResourceLog
{
    private const int Kept = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = [];
    private readonly List<Channel<LogLine>> _watchers = [];
    private bool _completed;
    private int _written;

    public IReadOnlyList<LogLine> Backlog
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public void Write(string text, bool isError)
    {
        lock (_lock)
        {
            var line = new LogLine(++_written, text, isError);
            _lines.Enqueue(line);
            if (_lines.Count > Kept)
                _lines.Dequeue();

            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(line);
        }
    }

    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            foreach (var watcher in _watchers)
                watcher.Writer.TryComplete();
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<LogLine>();
        lock (_lock)
        {
            _watchers.Add(channel);
            foreach (var line in _lines)
                channel.Writer.TryWrite(line);

            if (_completed)
                channel.Writer.TryComplete();
        }

        try
        {
            while (await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                List<LogLine> batch = [];
                while (channel.Reader.TryRead(out var line))
                    batch.Add(line);

                yield return batch;
            }
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(channel);
        }
    }
}
