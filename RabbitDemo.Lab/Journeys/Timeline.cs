namespace RabbitDemo.Lab.Journeys;

/// <param name="Kind">Its colour: <c>publish</c>, <c>wait</c>, <c>stored</c>, <c>failed</c>, <c>dead</c>, <c>redriven</c>.</param>
/// <param name="Text">What it is, in English: a key of the texts.</param>
/// <param name="End">Null while it lasts.</param>
/// <param name="Detail">Consumer, outcome, error.</param>
/// <param name="Number">The attempt's, for the text; 0 for what is none.</param>
public sealed record Stretch(string Kind, string Text, DateTimeOffset Start, DateTimeOffset? End, string? Detail = null, int Number = 0);

/// <summary>What happened to one message in one queue, in the order of time, from what the consumers stored.</summary>
internal static class Timeline
{
    /// <param name="place">As its consumer tells.</param>
    /// <param name="accepted">When <c>POST /send</c> took it, if its id says so.</param>
    /// <param name="confirmed">When the broker confirmed it, if that was seen.</param>
    public static IReadOnlyList<Stretch> Of(Place place, DateTimeOffset? accepted, DateTimeOffset? confirmed)
    {
        var stretches = new List<Stretch>();
        if (accepted is { } from && confirmed is { } to && from <= to)
            stretches.Add(new("publish", "HTTP, publish and confirm", from, to));

        var free = confirmed ?? accepted ?? place.PublishedAt;
        var waits = "waits in the queue";
        var moments = MomentsOf(place);
        for (var i = 0; i < moments.Length; i++)
        {
            var (at, attempt, letter) = moments[i];
            if (attempt is not null)
            {
                if (free is { } since && since < at)
                    stretches.Add(new("wait", waits, since, at));

                // Of one that never ended, only this is known: it was over when the next thing happened.
                var end = attempt.EndedAt ?? (i + 1 < moments.Length ? moments[i + 1].At : null);
                stretches.Add(OfAttempt(attempt, end));
                (free, waits) = (end, "waits for its next attempt");
            }
            else if (letter is not null)
            {
                stretches.Add(new("dead", "dead letter", at, letter.SettledAt, Join(letter.Reason, letter.Error)));
                (free, waits) = (letter.SettledAt, "redriven: waits in the queue");
                if (letter is { State: "redriven", SettledAt: { } again })
                    stretches.Add(new("redriven", "redriven", again, again));
            }
        }

        if (place.State == "waiting" && free is { } still)
            stretches.Add(new("wait", waits, still, null));

        return stretches;
    }

    private static (DateTimeOffset At, Attempt? Attempt, Letter? Letter)[] MomentsOf(Place place) =>
    [
        .. place.Attempts.Select(a => (At: a.StartedAt, Attempt: (Attempt?)a, Letter: (Letter?)null))
            .Concat(place.DeadLetters.Select(l => (At: l.DiedAt, Attempt: (Attempt?)null, Letter: (Letter?)l)))
            .OrderBy(m => m.At)
    ];

    /// <summary>
    /// A version 7 identifier holds the millisecond in which it was made, which is when the producer took the event. A sender's own
    /// may hold any number, one after the year 9999 too: then there is none.
    /// </summary>
    public static DateTimeOffset? AcceptedAt(string messageId) =>
        Guid.TryParseExact(messageId, "D", out var id) && id.Version == 7
            && Convert.ToInt64(id.ToString("N")[..12], 16) is var made && made <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(made)
            : null;

    private static Stretch OfAttempt(Attempt attempt, DateTimeOffset? end)
    {
        var (kind, text) = attempt.Outcome switch
        {
            "stored" => ("stored", "attempt {0}: handled, stored and acknowledged"),
            "unfinished" => ("failed", "attempt {0}: it runs, or its process died"),
            "abandoned" => ("failed", "attempt {0}: interrupted, not counted"),
            "timed-out" => ("failed", "attempt {0}: over its time limit"),
            _ => ("failed", "attempt {0}: failed")
        };
        return new(kind, text, attempt.StartedAt, end, Join(attempt.Consumer, attempt.Error), attempt.Number);
    }

    private static string Join(string first, string? second) => string.IsNullOrEmpty(second) ? first : $"{first}: {second}";
}
