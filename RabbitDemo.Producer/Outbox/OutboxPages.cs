namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// What comes next in the outbox, read a page at a time. Where the file cannot be read it is tried again once a second, and said once.
/// For one thread at a time.
/// </summary>
internal sealed partial class OutboxPages(EventOutbox outbox, TimeProvider clock, ILogger logger)
{
    private const int Page = 256;
    private static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromSeconds(1);

    private readonly Queue<OutboxEvent> next = [];
    private long last;

    /// <summary>Null unless the file could not be read; then completes when it is worth reading again.</summary>
    public Task? Unreadable { get; private set; }

    public void BeginAfter(long seq)
    {
        next.Clear();
        last = seq;
    }

    /// <summary>Null when no event follows, or none that can be read now: then there is <see cref="Unreadable"/>.</summary>
    public OutboxEvent? Peek()
    {
        if (next.Count == 0 && last < outbox.Newest && Unreadable is not { IsCompleted: false })
            Read();

        return next.TryPeek(out var evento) ? evento : null;
    }

    /// <summary>Goes past the event that was peeked at.</summary>
    public void Take() => last = next.Dequeue().Seq;

    private void Read()
    {
        var wasFine = Unreadable is null;
        try
        {
            foreach (var read in outbox.Reader.After(last, Page))
                next.Enqueue(read);

            Unreadable = null;
            if (!wasFine)
                LogReadableAgain(outbox.File);
        }
        catch (OutboxUnavailableException e)
        {
            Unreadable = Task.Delay(BeforeTryingAgain, clock, CancellationToken.None);
            if (wasFine)
                LogUnreadable(outbox.File, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The outbox {File} cannot be read: {Reason}. What it holds from there on is published when it can")]
    private partial void LogUnreadable(string file, string reason);

    [LoggerMessage(LogLevel.Information, "The outbox {File} can be read again")]
    private partial void LogReadableAgain(string file);
}
