using System.Text.Json.Serialization;

namespace RabbitDemo.Consumer.DeadLetters;

/// <summary>Which dead letters go back to their queues: those with these ids, or the oldest that fit.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RedriveRequest
{
    /// <summary>At most 10 000.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>Only the oldest so many of those that fit <see cref="Queue"/> and <see cref="Reason"/>.</summary>
    public int? Count { get; init; }

    /// <summary>All that fit, at most 10 000 by one request: <c>remaining</c> in the answer says whether to ask again.</summary>
    public bool All { get; init; }

    public string? Queue { get; init; }

    public string? Reason { get; init; }

    /// <summary>By member, what is wrong with it; empty when nothing is.</summary>
    public Dictionary<string, string[]> Problems()
    {
        var problems = new Dictionary<string, string[]>();
        if ((Ids is null ? 0 : 1) + (Count is null ? 0 : 1) + (All ? 1 : 0) != 1)
        {
            problems.Add("ids", ["Give one of ids, count and all."]);
        }
        else if (Ids is { Count: 0 or > Redrives.Most })
        {
            problems.Add("ids", [$"ids must name 1 to {Redrives.Most} dead letters."]);
        }
        else if (Count is < 1 or > Redrives.Most)
        {
            problems.Add("count", [$"count must be between 1 and {Redrives.Most}."]);
        }

        return problems;
    }
}

/// <param name="Redriven">Confirmed by the broker in their queues, and marked.</param>
/// <param name="Remaining">There are more that fit.</param>
/// <param name="Letters">What became of each.</param>
internal sealed record RedriveResult(int Redriven, bool Remaining, IReadOnlyList<RedrivenLetter> Letters);

/// <param name="Id">The letter's.</param>
/// <param name="Outcome"><c>redriven</c>; <c>not-dead</c> (any more); <c>not-found</c>; <c>not-redrivable</c>; <c>returned</c>, <c>refused</c> or <c>unknown</c>, when the broker did not confirm it: it stays dead.</param>
/// <param name="Reason">Why the broker did not.</param>
internal sealed record RedrivenLetter(long Id, string Outcome, string? Reason = null);
