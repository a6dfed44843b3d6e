using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>One operation of a service's OpenAPI document.</summary>
internal sealed record Operation(HttpMethod Method, string Path, JsonElement Description)
{
    /// <summary>The path with a value in place of each of its parameters.</summary>
    public string Address => Operations.InBraces().Replace(Path, "9");

    public string[] InPath => [.. Operations.InBraces().Matches(Path).Select(match => match.Groups[1].Value)];

    public IEnumerable<string?> DeclaredInPath =>
        from parameter in Parameters
        where parameter.GetProperty("in").GetString() == "path" && parameter.GetProperty("required").GetBoolean()
        select parameter.GetProperty("name").GetString();

    public JsonElement[] Parameters => Description.TryGetProperty("parameters", out var given) ? [.. given.EnumerateArray()] : [];

    public override string ToString() => $"{Method} {Path}";
}

internal static partial class Operations
{
    public static async Task<Operation[]> ReadAsync(HttpClient service)
    {
        var document = await service.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        return
        [
            .. from path in document.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               select new Operation(HttpMethod.Parse(operation.Name), path.Name, operation.Value)
        ];
    }

    [GeneratedRegex(@"\{([^}]+)\}")]
    public static partial Regex InBraces();
}
