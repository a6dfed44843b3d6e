namespace RabbitDemo.Messaging;

/// <summary>Publishes a dead letter to its work queue again, under the same id and in the same trace.</summary>
public sealed class DeadLetterRedriver(MessagePublisher publisher, MovementLog? movements = null)
{
    /// <summary>
    /// Publishes <paramref name="letter"/> through the default exchange and waits for the broker's verdict. Mark it as
    /// redriven when, and only when, the outcome is confirmed; a delivery that carries a higher redrive number than the store
    /// knows is the redriven one, so a process that dies in between loses nothing.
    /// </summary>
    /// <param name="letter">The dead letter as the store has it.</param>
    /// <param name="redrive">One more than the redrives so far.</param>
    /// <param name="cancellationToken">Gives the wait up; the message may or may not be in the queue then.</param>
    public async Task<PublishOutcome> PublishAsync(DeadLetter letter, int redrive, CancellationToken cancellationToken)
    {
        var outcome = await publisher.PublishAsync(Republication.OfDeadLetter(letter, redrive), cancellationToken);
        if (outcome.Status == PublishStatus.Confirmed)
        {
            movements?.Redriven(letter);
        }

        return outcome;
    }
}
