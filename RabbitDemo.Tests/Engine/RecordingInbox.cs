using System.Collections.Concurrent;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

/// <summary>Passes everything on to a real store and notes what it answered; it can be told to be away.</summary>
internal sealed class RecordingInbox(IInbox store) : IInbox
{
    private readonly ConcurrentQueue<Delivery> stored = new();
    private readonly ConcurrentQueue<AttemptFailure> failures = new();
    private readonly ConcurrentQueue<DeadLetter> dead = new();
    private readonly ConcurrentQueue<string> missing = new();
    private readonly ConcurrentQueue<(string What, DateTimeOffset At)> noted = new();
    private readonly ConcurrentQueue<Delivery> unanswered = new();

    public IReadOnlyList<Delivery> Stored => [.. stored];

    public IReadOnlyList<AttemptFailure> Failures => [.. failures];

    public IReadOnlyList<DeadLetter> Dead => [.. dead];

    /// <summary>Queues that were found missing.</summary>
    public IReadOnlyList<string> Missing => [.. missing];

    /// <summary>That a queue was <c>missing</c> or <c>seen</c>, and when, in the order of writing.</summary>
    public IReadOnlyList<(string What, DateTimeOffset At)> Noted => [.. noted];

    /// <summary>Attempts that were recorded when they began, without an answer.</summary>
    public IReadOnlyList<Delivery> Unanswered => [.. unanswered];

    /// <summary>While set, nothing can be read or written.</summary>
    public volatile bool IsAway;

    /// <summary>While set, an attempt that is recorded when it begins is, and no answer comes.</summary>
    public volatile bool IsMute;

    /// <summary>While set, what is new is not looked up, so that its handler begins on the thread that has read it.</summary>
    public volatile bool AnswersAtOnce;

    /// <summary>While not set, what handlers add to their deliveries is refused.</summary>
    public volatile bool RunsStatements = true;

    /// <summary>While set, storing waits for it.</summary>
    public volatile Task? StoringWaitsFor;

    public async ValueTask<Sighting> BeginAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        if (AnswersAtOnce && !delivery.Redelivered)
            return new(SightingKind.Fresh, 0, 0);

        if (IsMute && delivery.IsCrashSuspect)
        {
            await store.BeginAsync(delivery, CancellationToken.None);
            unanswered.Enqueue(delivery);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return await store.BeginAsync(delivery, cancellationToken);
    }

    public async ValueTask<StoreOutcome> StoreAsync(Delivery delivery, DateTimeOffset processedAt, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        if (StoringWaitsFor is { } gate)
            await gate;

        if (!RunsStatements && delivery.Statements.Count > 0)
            throw new NotSupportedException("the test's store runs no statements");

        var outcome = await store.StoreAsync(delivery, processedAt, cancellationToken);
        if (outcome == StoreOutcome.Stored)
            stored.Enqueue(delivery);

        return outcome;
    }

    public async ValueTask<int> FailAsync(Delivery delivery, AttemptFailure failure, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        var failed = await store.FailAsync(delivery, failure, cancellationToken);
        failures.Enqueue(failure);
        return failed;
    }

    public ValueTask AbandonAsync(Delivery delivery, CancellationToken cancellationToken) => store.AbandonAsync(delivery, cancellationToken);

    public async ValueTask BuryAsync(DeadLetter deadLetter, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        await store.BuryAsync(deadLetter, cancellationToken);
        dead.Enqueue(deadLetter);
    }

    public async ValueTask RecordQueueSeenAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        await store.RecordQueueSeenAsync(queue, at, cancellationToken);
        noted.Enqueue(("seen", at));
    }

    public async ValueTask RecordQueueMissingAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        await store.RecordQueueMissingAsync(queue, at, cancellationToken);
        missing.Enqueue(queue);
        noted.Enqueue(("missing", at));
    }

    private void ThrowIfAway()
    {
        if (IsAway)
            throw new InboxUnavailableException("the test's store is away");
    }
}
