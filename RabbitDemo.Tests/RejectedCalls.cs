using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace RabbitDemo.Tests;

/// <summary>HTTP clients whose calls are all turned away before they are made.</summary>
internal sealed class RejectedCalls(ExecutionRejectedException rejection) : HttpMessageHandler, IHttpClientFactory
{
    /// <summary>What the standard resilience pipeline turns calls away with.</summary>
    public static IReadOnlyList<ExecutionRejectedException> Reasons =>
        [new RateLimiterRejectedException(), new BrokenCircuitException(), new TimeoutRejectedException()];

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromException<HttpResponseMessage>(rejection);
}
