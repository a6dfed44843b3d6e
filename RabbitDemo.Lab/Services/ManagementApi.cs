using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Lab.Services;

/// <summary>The part of RabbitMQ's HTTP API that the lab reads, as the user of the connection string.</summary>
internal sealed class ManagementApi : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    private readonly HttpClient http = new() { Timeout = Deadline };
    private readonly string virtualHost;

    public ManagementApi(IOptions<LabOptions> options, IConfiguration configuration)
    {
        var amqp = new Uri(configuration.GetConnectionString("rabbitmq") ?? "amqp://localhost");
        virtualHost = amqp.AbsolutePath.Length > 1 ? amqp.AbsolutePath[1..] : "%2F";
        Address = options.Value.Management;
        if (Address is null)
            return;

        var user = amqp.UserInfo.Length > 0 ? Uri.UnescapeDataString(amqp.UserInfo) : "guest:guest";
        http.BaseAddress = new(Address.AbsoluteUri.TrimEnd('/') + "/");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
    }

    /// <summary>Null where no API is known.</summary>
    public Uri? Address { get; }

    /// <summary>Every queue's counts by its name.</summary>
    /// <exception cref="ManagementAwayException">It does not answer, or refuses the user.</exception>
    public async Task<Dictionary<string, QueueCount>> QueuesAsync(CancellationToken cancellationToken)
    {
        return await GetAsync(
            $"api/queues/{virtualHost}?columns=name,messages_ready,messages_unacknowledged,messages",
            queues => queues.EnumerateArray().ToDictionary(
                queue => queue.GetProperty("name").GetString() ?? "",
                queue => new QueueCount(Number(queue, "messages_ready"), Number(queue, "messages_unacknowledged"), Number(queue, "messages"))),
            cancellationToken);
    }

    public async Task<string[]> ExchangesAsync(CancellationToken cancellationToken)
    {
        return await GetAsync(
            $"api/exchanges/{virtualHost}?columns=name",
            exchanges => exchanges.EnumerateArray().Select(exchange => exchange.GetProperty("name").GetString() ?? "").ToArray(),
            cancellationToken);
    }

    /// <summary>The server's version and the cluster's name.</summary>
    public async Task<(string Version, string Cluster)> OverviewAsync(CancellationToken cancellationToken)
    {
        return await GetAsync(
            "api/overview?columns=rabbitmq_version,cluster_name",
            overview => (overview.GetProperty("rabbitmq_version").GetString() ?? "", overview.GetProperty("cluster_name").GetString() ?? ""),
            cancellationToken);
    }

    /// <summary>What the broker is short of, <c>memory</c> or <c>disk</c>, so that it takes nothing from publishers.</summary>
    public async Task<string[]> AlarmsAsync(CancellationToken cancellationToken)
    {
        return await GetAsync(
            "api/health/checks/alarms",
            check => check.TryGetProperty("alarms", out var alarms)
                ? alarms.EnumerateArray().Select(alarm => alarm.GetProperty("resource").GetString() ?? "").Distinct().Order(StringComparer.Ordinal).ToArray()
                : [],
            cancellationToken,
            HttpStatusCode.ServiceUnavailable);
    }

    public void Dispose() => http.Dispose();

    /// <param name="path">Of the resource.</param>
    /// <param name="read">Makes sense of the answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="answer">A status that is an answer too.</param>
    private async Task<T> GetAsync<T>(string path, Func<JsonElement, T> read, CancellationToken cancellationToken, HttpStatusCode answer = HttpStatusCode.OK)
    {
        try
        {
            using var response = await http.GetAsync(path, cancellationToken);
            if (!response.IsSuccessStatusCode && response.StatusCode != answer)
                throw new ManagementAwayException($"RabbitMQ's HTTP API answers {(int)response.StatusCode}.");

            return read(await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ManagementAwayException("RabbitMQ's HTTP API does not answer.", e);
        }
    }

    /// <summary>A queue that was just declared has no counts yet.</summary>
    private static long Number(JsonElement queue, string name) =>
        queue.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : 0;
}

/// <summary>What a queue holds, as the broker counts it: every few seconds.</summary>
public sealed record QueueCount(long Ready, long Unacked, long Total);

internal sealed class ManagementAwayException(string message, Exception? innerException = null) : Exception(message, innerException);
