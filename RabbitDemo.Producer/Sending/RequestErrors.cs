using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Sending;

/// <summary>What is wrong with a request, by member of the body, query parameter or header.</summary>
internal sealed class RequestErrors
{
    private readonly Dictionary<string, string[]> errors = [];
    private int count;

    public bool Any => errors.Count > 0;

    public IDictionary<string, string[]> ByName => errors;

    /// <summary>The body as a whole is named <c>$</c>.</summary>
    public static RequestErrors From(IEnumerable<EventoProblem> problems)
    {
        var errors = new RequestErrors();
        foreach (var (member, message) in problems)
        {
            errors.Add(member.Length == 0 ? "$" : member, message);
        }

        return errors;
    }

    /// <summary>Keeps the first <see cref="EventoProblem.Most"/>.</summary>
    public void Add(string name, string message)
    {
        if (count++ < EventoProblem.Most)
            errors[name] = errors.TryGetValue(name, out var earlier) ? [.. earlier, message] : [message];
    }

    public ProblemHttpResult ToProblem(string title) => TypedResults.Problem(
        new HttpValidationProblemDetails(errors) { Title = title, Status = StatusCodes.Status400BadRequest });
}
