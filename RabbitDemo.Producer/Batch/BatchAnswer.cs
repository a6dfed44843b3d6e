using Microsoft.AspNetCore.Mvc;

namespace RabbitDemo.Producer.Batch;

/// <summary>One line of the answer to a batch.</summary>
/// <param name="Index">The item's place in the batch, from 0; blank lines do not count.</param>
/// <param name="Status">What <c>POST /send</c> would have answered for it.</param>
/// <param name="MessageId">Set with 202, and with 503, to send it again under.</param>
/// <param name="Problem">Null with 202.</param>
internal sealed record BatchAnswer(long Index, int Status, string? MessageId = null, BatchProblem? Problem = null)
{
    public static BatchAnswer Failed(long index, ProblemDetails problem, string? messageId = null) =>
        new(index, problem.Status.GetValueOrDefault(), messageId, new(problem.Title, problem.Detail));
}

/// <param name="Title">What went wrong, in a few words.</param>
/// <param name="Detail">One line for people.</param>
/// <param name="Errors">What is wrong with the item, by member; <c>$</c> is the whole.</param>
internal sealed record BatchProblem(string? Title, string? Detail = null, IDictionary<string, string[]>? Errors = null);
