using System.Net;
using System.Text.Json;

namespace RabbitDemo.Tests.Producer;

internal static class ProblemAssert
{
    /// <summary>The answer is a problem document of this status; returns it.</summary>
    public static async Task<JsonElement> IsProblemAsync(HttpStatusCode status, HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("   at ", text);
        using var document = JsonDocument.Parse(text);
        Assert.Equal((int)status, document.RootElement.GetProperty("status").GetInt32());
        return document.RootElement.Clone();
    }

    /// <summary>The members that the problem names, sorted.</summary>
    public static string[] Members(this JsonElement problem) =>
        problem.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(e => e.Name).Order()] : [];
}
