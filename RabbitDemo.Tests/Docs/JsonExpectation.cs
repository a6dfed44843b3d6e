using System.Text.Json;

namespace RabbitDemo.Tests.Docs;

/// <summary>Compares an answer with what a page shows of it: members may be left out, and "…" stands for any value.</summary>
internal static class JsonExpectation
{
    private const string Anything = "…";

    /// <returns>The first difference, with its path; null when there is none.</returns>
    public static string? Differs(JsonElement shown, JsonElement actual, string path = "$")
    {
        if (shown.ValueKind == JsonValueKind.String && shown.GetString() == Anything)
            return null;

        if (shown.ValueKind != actual.ValueKind)
            return Difference(path, shown, actual);

        return shown.ValueKind switch
        {
            JsonValueKind.Object => shown.EnumerateObject()
                .Select(m => actual.TryGetProperty(m.Name, out var value) ? Differs(m.Value, value, $"{path}.{m.Name}") : $"{path}.{m.Name} is missing")
                .FirstOrDefault(d => d is not null),
            JsonValueKind.Array when shown.GetArrayLength() != actual.GetArrayLength() => Difference(path, shown, actual),
            JsonValueKind.Array => shown.EnumerateArray().Zip(actual.EnumerateArray())
                .Select((pair, i) => Differs(pair.First, pair.Second, $"{path}[{i}]"))
                .FirstOrDefault(d => d is not null),
            _ => JsonElement.DeepEquals(shown, actual) ? null : Difference(path, shown, actual)
        };
    }

    private static string Difference(string path, JsonElement shown, JsonElement actual) => $"{path} is {actual}, not {shown}";
}
