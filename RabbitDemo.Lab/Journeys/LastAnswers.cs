using RabbitDemo.Lab.Services;

namespace RabbitDemo.Lab.Journeys;

/// <summary>
/// What the services said to one question, each when it answered last: what one has said stays known while it is away. Another question
/// begins another one of these, so an answer that comes late never stands where something else was asked.
/// </summary>
internal sealed class LastAnswers<T> where T : class
{
    private readonly Dictionary<string, T?> last = [];

    public IEnumerable<T> Values => last.Values.OfType<T>();

    /// <summary>Why some did not answer the last time that all were asked.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    /// <summary>Whether each has answered, if only that it knows of nothing: before that, nothing known does not mean that there is nothing.</summary>
    public bool AreOfAll(IEnumerable<string> services) => services.All(last.ContainsKey);

    /// <summary>A value and a 404 are answers; whatever else came leaves standing what was known.</summary>
    public void Take(IReadOnlyCollection<(string Service, Answer<T> Answer)> answers)
    {
        foreach (var (service, answer) in answers.Where(a => a.Answer.Value is not null || IsNone(a.Answer)))
            last[service] = answer.Value;

        Problems = [.. answers.Where(a => !IsNone(a.Answer)).Select(a => a.Answer.Problem).OfType<string>().Distinct()];
    }

    private static bool IsNone(Answer<T> answer) => answer.Status == StatusCodes.Status404NotFound;
}
