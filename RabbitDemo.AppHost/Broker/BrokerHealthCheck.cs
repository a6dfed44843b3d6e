using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace RabbitDemo.AppHost;

/// <summary>
/// Healthy when the node takes connections and knows our user. While it starts, one check lasts until it answers, so that
/// nobody waits for the orchestrator's next check; and a user that it refuses ends the run, since no wait would help.
/// </summary>
internal sealed class BrokerHealthCheck(WatchedBroker broker, IHostApplicationLifetime lifetime) : IHealthCheck, IDisposable
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient management = new() { Timeout = TimeSpan.FromSeconds(5) };
    private bool starting = true;
    private bool refused;

    /// <summary>The node is about to start.</summary>
    public void Starting() => starting = true;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var until = TimeProvider.System.GetUtcNow() + Start;
        var result = await CheckAsync(cancellationToken);
        while (starting && !refused && result.Status != HealthStatus.Healthy && TimeProvider.System.GetUtcNow() < until)
        {
            await Task.Delay(Interval, cancellationToken);
            result = await CheckAsync(cancellationToken);
        }

        starting = false;
        return result;
    }

    public void Dispose() => management.Dispose();

    private async Task<HealthCheckResult> CheckAsync(CancellationToken cancellationToken)
    {
        if (!broker.IsAllocated)
            return HealthCheckResult.Unhealthy("It has no address yet.");

        try
        {
            // A connection without a word leaves no line in the broker's log, and in front of a container proves little: its engine takes it.
            using var amqp = new TcpClient();
            await amqp.ConnectAsync(IPAddress.Loopback, broker.AmqpPort, cancellationToken);

            var user = await broker.UserName.GetValueAsync(cancellationToken);
            var password = await broker.Password.GetValueAsync(cancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{broker.ManagementPort}/api/overview");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
            using var response = await management.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
                return ListensForAmqp(await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)) ? HealthCheckResult.Healthy() : NotYet();

            if (response.StatusCode != HttpStatusCode.Unauthorized)
                return HealthCheckResult.Unhealthy($"The management API answers {(int)response.StatusCode}.");

            var line = $"RabbitMQ refuses user '{user}': the data in {broker.DataPlace} were made with another user or password. "
                + $"Set Parameters:broker-user and Parameters:broker-password to those, or remove that {broker.DataPlace.Split(' ')[0]}.";
            if (!Interlocked.Exchange(ref refused, true))
                SettingException.EndTheRun(line, lifetime);

            return HealthCheckResult.Unhealthy(line);
        }
        catch (Exception e) when (e is SocketException or HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return NotYet();
        }
    }

    /// <summary>The node does so last, when the management API answers already. A user that may not monitor is not told.</summary>
    private static bool ListensForAmqp(JsonElement overview) =>
        !overview.TryGetProperty("listeners", out var listeners) || listeners.EnumerateArray().Any(l => l.GetProperty("protocol").GetString() == "amqp");

    private HealthCheckResult NotYet() => HealthCheckResult.Unhealthy($"Nothing answers on 127.0.0.1:{broker.AmqpPort} yet.");
}
