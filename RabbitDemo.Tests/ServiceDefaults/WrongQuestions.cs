using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>Asks every endpoint of a service's document for what is not there, with values out of range and of another type, and with bodies that are none.</summary>
internal static partial class WrongQuestions
{
    private static readonly string[] Bodies = ["", "{", "[]", "{}", "null", "7", """{"unknown":1}"""];
    private static readonly string[] Values = ["x", "-1", "99999999999999999999", ""];

    /// <summary>The answers with a status that the document does not name, and those that speak of the handler's parameters.</summary>
    public static async Task<string[]> BadAnswersAsync(HttpClient service)
    {
        var bad = new List<string>();
        foreach (var operation in await Operations.ReadAsync(service))
        {
            var declared = operation.Description.GetProperty("responses").EnumerateObject().Select(response => response.Name).ToArray();
            foreach (var question in Of(operation))
            {
                using var answer = await service.SendAsync(question.Request, HttpCompletionOption.ResponseHeadersRead);
                if (!declared.Contains($"{(int)answer.StatusCode}"))
                    bad.Add($"{operation} lacks {(int)answer.StatusCode}, as of {question.What}");
                if (answer.StatusCode == HttpStatusCode.BadRequest && Handlers().IsMatch(await answer.Content.ReadAsStringAsync()))
                    bad.Add($"{operation} speaks of its handler, as of {question.What}");
            }
        }

        return [.. bad];
    }

    private static IEnumerable<(HttpRequestMessage Request, string What)> Of(Operation operation)
    {
        var address = operation.Address;
        var takesBody = operation.Description.TryGetProperty("requestBody", out _);
        foreach (var body in takesBody ? Bodies : [""])
            yield return (Request(address, body), $"the body '{body}'");

        foreach (var (parameter, value) in operation.Parameters.Where(p => In(p) != "path").SelectMany(p => Values.Select(value => (p, value))))
        {
            var inQuery = In(parameter) == "query";
            var request = Request(inQuery ? $"{address}?{Name(parameter)}={value}" : address, "{}");
            if (!inQuery)
                request.Headers.TryAddWithoutValidation(Name(parameter), value);
            yield return (request, $"{Name(parameter)}={value}");
        }

        HttpRequestMessage Request(string address, string body) => new(operation.Method, address)
        {
            Content = takesBody ? new StringContent(body, Encoding.UTF8, "application/json") : null
        };
    }

    [GeneratedRegex("Failed to bind|Implicit body|Required parameter|Nullable")]
    private static partial Regex Handlers();

    private static string In(JsonElement parameter) => parameter.GetProperty("in").GetString() ?? "";

    private static string Name(JsonElement parameter) => parameter.GetProperty("name").GetString() ?? "";
}
