using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.DeadLetters;

/// <summary>Sends dead letters back to their queues, in the order in which they came.</summary>
internal sealed class Redrives(DeadLetterBox letters, DeadLetterRedriver redriver)
{
    public const int Most = 10_000;
    private const int Together = 50;

    public async Task<RedriveResult> RunAsync(RedriveRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Count ?? Most;
        var ids = request.Ids ?? await letters.DeadAsync(new DeadLetterFilter(request.Queue, request.Reason), after: 0, limit, cancellationToken);
        var done = new List<RedrivenLetter>(ids.Count);
        foreach (var chunk in ids.Distinct().Chunk(Together))
        {
            done.AddRange(await Task.WhenAll(chunk.Select(id => RedriveAsync(id, cancellationToken))));
            if (done.Exists(l => l.Outcome is "refused" or "unknown"))
            {
                // The broker cannot take messages now: trying the others would only make the caller wait.
                break;
            }
        }

        var remaining = request.All && (await letters.DeadAsync(new DeadLetterFilter(request.Queue, request.Reason), after: 0, 1, cancellationToken)).Count > 0;
        return new RedriveResult(done.Count(l => l.Outcome == DeadLetterState.Redriven), remaining, done);
    }

    private async Task<RedrivenLetter> RedriveAsync(long id, CancellationToken cancellationToken)
    {
        if (await letters.FindAsync(id, cancellationToken) is not { } entry)
        {
            return new RedrivenLetter(id, "not-found");
        }

        if (entry.State != DeadLetterState.Dead || await letters.LetterAsync(id, cancellationToken) is not { } letter)
        {
            return new RedrivenLetter(id, "not-dead");
        }

        if (!MessageIds.IsUsable(letter.MessageId))
        {
            // Of an earlier version's store: under another id its place in the books would wait for ever.
            return new RedrivenLetter(id, "not-redrivable", "Its message id is over 255 bytes of UTF-8, which AMQP cannot carry.");
        }

        var outcome = await redriver.PublishAsync(letter, letter.Redrive + 1, cancellationToken);
        if (outcome.Status != PublishStatus.Confirmed)
        {
            return new RedrivenLetter(id, outcome.Status switch
            {
                PublishStatus.Returned => "returned",
                PublishStatus.Refused => "refused",
                _ => "unknown"
            }, outcome.Reason);
        }

        // It is in its queue whatever happens to this request now, and the mark belongs to it.
        await letters.MarkRedrivenAsync(id, CancellationToken.None);
        return new RedrivenLetter(id, DeadLetterState.Redriven);
    }
}
