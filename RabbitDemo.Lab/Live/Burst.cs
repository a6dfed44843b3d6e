using System.Text;
using System.Text.Json;
using RabbitDemo.Lab.Services;

namespace RabbitDemo.Lab.Live;

/// <summary>Many events like one, sent in batches: each is answered when the broker has confirmed it.</summary>
internal sealed class Burst(ServiceClient services, EventDraft draft, int count)
{
    public const int Most = 60_000;
    private const int Together = 250;

    /// <summary>Large events go fewer at a time.</summary>
    private const int MostCharacters = 1_000_000;

    public int Count => count;

    /// <summary>Events that the producer has answered for.</summary>
    public int Answered { get; private set; }

    /// <summary>Those it promised.</summary>
    public int Accepted { get; private set; }

    /// <summary>The first thing that went wrong; null when nothing has.</summary>
    public string? Problem { get; private set; }

    /// <summary>The producer asks for a key, or for another.</summary>
    public bool IsUnauthorized { get; private set; }

    /// <summary>Stops at what the producer does not take, and when cancelled: then nobody knows of the batch under way.</summary>
    public async Task RunAsync(Action progress, CancellationToken cancellationToken)
    {
        var path = $"/send/batch{draft.Query}";
        KeyValuePair<string, string>[] headers = [.. draft.HttpHeaders];
        while (Answered < count && Problem is null)
        {
            var lines = new StringBuilder("[");
            var size = Math.Min(Together, count - Answered);
            for (var i = 0; i < size && lines.Length < MostCharacters; i++)
            {
                if (draft.ToJson(Answered + i, out var problem) is not { } json)
                {
                    Problem = problem;
                    return;
                }

                lines.Append(i == 0 ? "" : ",").Append(json);
            }

            var answer = await services.PostTextAsync<string>("producer", path, lines.Append(']').ToString(), headers, cancellationToken);
            (Problem, IsUnauthorized) = (answer.Problem, answer.Status == StatusCodes.Status401Unauthorized);
            if (answer.Value is { } text && !TryRead(text))
                Problem ??= "producer answers with something that is no batch's answer.";

            progress();
        }
    }

    /// <returns>False when not a single event was answered, or some line says nothing of one.</returns>
    private bool TryRead(string text)
    {
        var before = Answered;
        try
        {
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var item = JsonElement.Parse(line);
                var isAccepted = item.GetProperty("status").GetInt32() == StatusCodes.Status202Accepted;
                if (!isAccepted)
                    Problem ??= Describe(item);

                Answered++;
                Accepted += isAccepted ? 1 : 0;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return false;
        }

        return Answered > before;
    }

    private static string Describe(JsonElement item)
    {
        var problem = item.GetProperty("problem");
        string?[] parts = [Text("title"), Text("detail"), problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object ? errors.ToString() : null];
        return $"{item.GetProperty("status")}: {string.Join(" ", parts.Where(part => part is not null))}";

        string? Text(string name) => problem.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
