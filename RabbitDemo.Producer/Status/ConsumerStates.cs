using System.Text.Json;
using Polly;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Status;

/// <summary>Asks the services that read the queues, at the addresses that service discovery gives, with the admin key if there is one.</summary>
internal sealed class ConsumerStates(IHttpClientFactory clients, IConfiguration configuration, TimeProvider clock)
{
    /// <summary>With all retries: someone waits for the answer.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    public async Task<ServiceAnswer> AskAsync(string service, string messageId, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https+http://{service}/messages/{messageId}/state");
        if (configuration["RabbitDemo:AdminKey"] is { Length: > 0 } key)
            request.Headers.TryAddWithoutValidation("X-Admin-Key", key);

        try
        {
            using var response = await clients.CreateClient(nameof(ConsumerStates)).SendAsync(request, either.Token);
            return response.IsSuccessStatusCode
                ? new(service, await response.Content.ReadFromJsonAsync(ProducerJson.Default.QueueStateArray, either.Token))
                : new(service, null, $"{service} answers {(int)response.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or ExecutionRejectedException or JsonException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new(service, null, $"{service} does not answer.");
        }
    }
}

/// <param name="Service">Who was asked.</param>
/// <param name="States">The queues in which it knows the message; null when it did not answer.</param>
/// <param name="Reason">Why it did not, for people.</param>
internal sealed record ServiceAnswer(string Service, IReadOnlyList<QueueState>? States, string? Reason = null)
{
    public QueueAnswer About(WorkQueue queue) => new(
        queue.Name,
        Service,
        States?.FirstOrDefault(state => state.Queue == queue.Name)?.State ?? MessageState.Unknown,
        Reason);
}
