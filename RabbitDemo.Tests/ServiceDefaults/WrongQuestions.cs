using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>Asks every endpoint of a service's document for what is not there, with values out of range and of another type, and with bodies that are none.</summary>
internal static class WrongQuestions
{
    private static readonly string[] Bodies = ["", "{", "[]", "{}", "null", "7", """{"unknown":1}"""];
    private static readonly string[] Values = ["x", "-1", "99999999999999999999", ""];

    /// <summary>The answers with a status that the document does not name.</summary>
    public static async Task<string[]> UndeclaredAsync(HttpClient service)
    {
        var undeclared = new List<string>();
        var document = await service.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var declared = operation.Value.GetProperty("responses").EnumerateObject().Select(response => response.Name).ToArray();
                foreach (var question in Of(path.Name, operation))
                {
                    using var answer = await service.SendAsync(question.Request, HttpCompletionOption.ResponseHeadersRead);
                    if (!declared.Contains($"{(int)answer.StatusCode}"))
                        undeclared.Add($"{operation.Name.ToUpperInvariant()} {path.Name} lacks {(int)answer.StatusCode}, as of {question.What}");
                }
            }
        }

        return [.. undeclared];
    }

    private static IEnumerable<(HttpRequestMessage Request, string What)> Of(string path, JsonProperty operation)
    {
        var parameters = operation.Value.TryGetProperty("parameters", out var given) ? given.EnumerateArray().ToArray() : [];
        var address = parameters.Where(p => In(p) == "path").Aggregate(path, (address, p) => address.Replace($"{{{Name(p)}}}", "9", StringComparison.Ordinal));
        var takesBody = operation.Value.TryGetProperty("requestBody", out _);
        foreach (var body in takesBody ? Bodies : [""])
            yield return (Request(address, body), $"the body '{body}'");

        foreach (var (parameter, value) in parameters.Where(p => In(p) != "path").SelectMany(p => Values.Select(value => (p, value))))
        {
            var inQuery = In(parameter) == "query";
            var request = Request(inQuery ? $"{address}?{Name(parameter)}={value}" : address, "{}");
            if (!inQuery)
                request.Headers.TryAddWithoutValidation(Name(parameter), value);
            yield return (request, $"{Name(parameter)}={value}");
        }

        HttpRequestMessage Request(string address, string body) => new(new HttpMethod(operation.Name.ToUpperInvariant()), address)
        {
            Content = takesBody ? new StringContent(body, Encoding.UTF8, "application/json") : null
        };
    }

    private static string In(JsonElement parameter) => parameter.GetProperty("in").GetString() ?? "";

    private static string Name(JsonElement parameter) => parameter.GetProperty("name").GetString() ?? "";
}
