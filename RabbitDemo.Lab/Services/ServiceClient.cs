using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Polly;
using RabbitDemo.Lab.Overview;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Lab.Services;

/// <summary>Either what a service answered, or one line for people that says why it did not.</summary>
internal sealed record Answer<T>(T? Value, string? Problem, int Status = 0) where T : class;

/// <summary>
/// The services' own endpoints, at the addresses that service discovery gives, with the visitor's keys: what a service refuses, the
/// page cannot do.
/// </summary>
internal sealed class ServiceClient(IHttpClientFactory clients, Visitor visitor)
{
    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WriteWithin = TimeSpan.FromSeconds(20);

    /// <summary>An answer that lacks what the page shows is none.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 128 // of an event 64, and it stands in a list
    };

    public Task<Answer<T>> GetAsync<T>(string service, string path, CancellationToken cancellationToken) where T : class =>
        AskAsync<T>(service, new(HttpMethod.Get, Address(service, path)), ReadWithin, cancellationToken);

    public Task<Answer<T>> SendAsync<T>(HttpMethod method, string service, string path, object? body, CancellationToken cancellationToken) where T : class
    {
        var request = new HttpRequestMessage(method, Address(service, path));
        if (body is not null)
            request.Content = Body(JsonSerializer.Serialize(body, Json), "application/json");

        return AskAsync<T>(service, request, WriteWithin, cancellationToken);
    }

    /// <summary>For a body that is JSON already.</summary>
    public Task<Answer<T>> PostTextAsync<T>(
        string service, string path, string json, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken) where T : class
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address(service, path)) { Content = Body(json, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        return AskAsync<T>(service, request, WriteWithin, cancellationToken);
    }

    /// <summary>A service that is not ready says why in the body of its 503; outside development it says one word.</summary>
    public async Task<Answer<HealthAnswer>> HealthAsync(string service, CancellationToken cancellationToken)
    {
        var answer = await AskAsync<string>(service, new(HttpMethod.Get, Address(service, "/health")), ReadWithin, cancellationToken, takesAny: true);
        if (answer.Value is not { Length: > 0 } text)
            return new(null, answer.Problem ?? $"{service} answers {answer.Status}.", answer.Status);

        if (!text.StartsWith('{'))
            return new(new(text, new Dictionary<string, CheckAnswer>()), null, answer.Status);

        try
        {
            return new(JsonSerializer.Deserialize<HealthAnswer>(text, Json), null, answer.Status);
        }
        catch (JsonException)
        {
            return new(null, $"{service} answers {answer.Status}.", answer.Status);
        }
    }

    private static Uri Address(string service, string path) => new($"https+http://{service}{path}");

    private static StringContent Body(string text, string type) => new(text, Encoding.UTF8, new MediaTypeHeaderValue(type));

    private async Task<Answer<T>> AskAsync<T>(string service, HttpRequestMessage request, TimeSpan within, CancellationToken cancellationToken, bool takesAny = false) where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(within);
        if (visitor.Key is { Length: > 0 } key)
            request.Headers.TryAddWithoutValidation(AdminAccess.Header, key);
        if (visitor.SendKey.Length > 0)
            request.Headers.TryAddWithoutValidation(AdminAccess.SendHeader, visitor.SendKey);

        try
        {
            using var sent = request;
            using var response = await clients.CreateClient(nameof(ServiceClient)).SendAsync(request, deadline.Token);
            if (!response.IsSuccessStatusCode && !takesAny)
                return new(null, await DescribeAsync(service, response, deadline.Token), (int)response.StatusCode);

            return typeof(T) == typeof(string)
                ? new((T)(object)await response.Content.ReadAsStringAsync(deadline.Token), null, (int)response.StatusCode)
                : new(await response.Content.ReadFromJsonAsync<T>(Json, deadline.Token), null, (int)response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or ExecutionRejectedException or JsonException or IOException or InvalidOperationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new(null, $"{service} does not answer.");
        }
    }

    /// <summary>A service's problem details in one line: its title, its detail and what it says of single members.</summary>
    private static async Task<string> DescribeAsync(string service, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var start = $"{service} answers {(int)response.StatusCode}";
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<HttpValidationProblemDetails>(Json, cancellationToken);
            string?[] parts = [problem?.Title, problem?.Detail, .. problem?.Errors.SelectMany(e => e.Value) ?? []];
            var said = string.Join(" ", parts.Where(part => !string.IsNullOrEmpty(part)).Distinct());
            return said.Length == 0 ? $"{start}." : $"{start}: {said}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter of an unknown charset
        {
            return $"{start}.";
        }
    }
}
