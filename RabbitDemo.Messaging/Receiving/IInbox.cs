namespace RabbitDemo.Messaging;

/// <summary>
/// What the receiver must remember about deliveries by (queue, message id), beyond the life of a process.
/// Each member returns after its own commit, and throws <see cref="InboxUnavailableException"/> when the store cannot
/// take or answer it: that is never an attempt, the receiver pauses and asks again.
/// </summary>
public interface IInbox
{
    /// <summary>
    /// Looks the delivery up before it is handled. When it is suspected of an earlier crash, the attempt that begins now is
    /// recorded first, so that a process that dies while handling leaves a trace.
    /// </summary>
    ValueTask<Sighting> BeginAsync(Delivery delivery, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a handled event, with its successful attempt, in one transaction. Stored wins over dead: a dead letter of the
    /// same (queue, id) is settled with it. The delivery's <see cref="Delivery.Statements"/> are run in that very transaction, in their
    /// order, and only when the answer is <see cref="StoreOutcome.Stored"/>.
    /// </summary>
    /// <exception cref="StatementRefusedException">One of the statements cannot be run: nothing was stored, and the attempt has failed.</exception>
    /// <exception cref="NotSupportedException">There are statements, and this inbox cannot run any: the same.</exception>
    ValueTask<StoreOutcome> StoreAsync(Delivery delivery, DateTimeOffset processedAt, CancellationToken cancellationToken);

    /// <summary>Records a failed attempt.</summary>
    /// <returns>The failed attempts so far, this one included, since it was first received or last redriven.</returns>
    ValueTask<int> FailAsync(Delivery delivery, AttemptFailure failure, CancellationToken cancellationToken);

    /// <summary>
    /// Ends an attempt that <see cref="BeginAsync"/> recorded without counting it: it was interrupted, not failed. Takes its turn
    /// behind a <see cref="BeginAsync"/> that was cancelled and may yet record it; changes nothing when it was not recorded.
    /// </summary>
    ValueTask AbandonAsync(Delivery delivery, CancellationToken cancellationToken);

    /// <summary>Takes a dead letter in, once: a copy of one that is already there, or of a stored event, changes nothing.</summary>
    ValueTask BuryAsync(DeadLetter deadLetter, CancellationToken cancellationToken);

    /// <summary>Remembers that <paramref name="queue"/> exists on the broker and is read by this service. Cheap to repeat.</summary>
    ValueTask RecordQueueSeenAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// The broker does not have <paramref name="queue"/>. If it was seen before, and no deletion was recorded since, it was
    /// deleted with whatever was in it: that is recorded with its time. A queue never seen is just new.
    /// </summary>
    ValueTask RecordQueueMissingAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>What the inbox knows of a delivery that has just come.</summary>
public enum SightingKind
{
    /// <summary>To be handled.</summary>
    Fresh,

    /// <summary>Already stored, or dead and not redriven since: acknowledge it as a duplicate.</summary>
    Settled,

    /// <summary>Another event is known under this id, stored, dead or attempted first: the delivery is dead-lettered as <c>id-conflict</c>.</summary>
    Conflict
}

/// <param name="Kind">What to do with the delivery.</param>
/// <param name="FailedAttempts">Failed attempts since it was first received or last redriven.</param>
/// <param name="UnfinishedAttempts">Attempts that began on a redelivered copy and of which no end is known; the one that begins now not counted.</param>
public readonly record struct Sighting(SightingKind Kind, int FailedAttempts, int UnfinishedAttempts);

public enum StoreOutcome
{
    Stored,
    Duplicate,
    Conflict
}

/// <param name="StartedAt">When the handler was called.</param>
/// <param name="EndedAt">When it threw, or was given up.</param>
/// <param name="Reason">A <see cref="DeathReasons"/> value.</param>
/// <param name="Error">One line for people: types and messages of the exception and of what caused it, at most 2 KB of UTF-8.</param>
public sealed record AttemptFailure(DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Reason, string Error);

/// <summary>The store cannot be read or written now. The message says why, without a password.</summary>
public sealed class InboxUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
