using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RabbitDemo.Tests.Brokers;

/// <summary>The part of RabbitMQ's HTTP API that the tests need.</summary>
internal sealed class ManagementApi : IDisposable
{
    private readonly HttpClient http;
    private readonly string user;

    public ManagementApi(Uri address, string user, string password)
    {
        this.user = user;
        http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <summary>Whether the node that answers takes AMQP connections too: it does so last, when all its plugins run.</summary>
    public async Task<bool> IsUpAsync()
    {
        var overview = await http.GetFromJsonAsync<JsonElement>("api/overview");
        var node = overview.GetProperty("node").GetString();
        return overview.GetProperty("listeners").EnumerateArray().Any(l => l.GetProperty("node").GetString() == node && l.GetProperty("protocol").GetString() == "amqp");
    }

    public async Task<string> VersionAsync() =>
        (await http.GetFromJsonAsync<JsonElement>("api/overview")).GetProperty("rabbitmq_version").GetString() ?? "";

    public async Task<bool> HasMemoryAlarmAsync()
    {
        var nodes = await http.GetFromJsonAsync<JsonElement>("api/nodes");
        return nodes.EnumerateArray().Any(n => n.TryGetProperty("mem_alarm", out var alarm) && alarm.GetBoolean());
    }

    public async Task CreateVirtualHostAsync(string name)
    {
        await SendAsync(HttpMethod.Put, $"api/vhosts/{Escape(name)}", new { });
        await PermitAsync(name, configure: ".*");
    }

    /// <summary>What our user may configure there from now on: a pattern of names. It may publish and consume everywhere.</summary>
    public Task PermitAsync(string virtualHost, string configure) =>
        SendAsync(HttpMethod.Put, $"api/permissions/{Escape(virtualHost)}/{Escape(user)}", new { configure, write = ".*", read = ".*" });

    public Task DeleteVirtualHostAsync(string name) => SendAsync(HttpMethod.Delete, $"api/vhosts/{Escape(name)}");

    public Task DeleteQueueAsync(string virtualHost, string queue) =>
        SendAsync(HttpMethod.Delete, $"api/queues/{Escape(virtualHost)}/{Escape(queue)}");

    /// <summary>Its classic queues keep what waits on disk and not in memory too, as all do since RabbitMQ 3.12.</summary>
    public Task KeepQueuesOnDiskAsync(string virtualHost) => SendAsync(
        HttpMethod.Put, $"api/policies/{Escape(virtualHost)}/on-disk",
        new Dictionary<string, object> { ["pattern"] = ".*", ["apply-to"] = "queues", ["definition"] = new Dictionary<string, string> { ["queue-mode"] = "lazy" } });

    /// <summary>From then on the queue refuses what is more (<c>basic.nack</c>); without a number, nothing.</summary>
    public Task LimitAsync(string virtualHost, string queue, int? length) => length is null
        ? SendAsync(HttpMethod.Delete, $"api/policies/{Escape(virtualHost)}/limit")
        : SendAsync(HttpMethod.Put, $"api/policies/{Escape(virtualHost)}/limit", new Dictionary<string, object>
        {
            ["pattern"] = $"^{queue}$",
            ["apply-to"] = "queues",
            ["definition"] = new Dictionary<string, object> { ["max-length"] = length, ["overflow"] = "reject-publish" }
        });

    /// <summary>One that clients may not publish to: the broker closes the channel of a client that does.</summary>
    public Task CreateInternalExchangeAsync(string virtualHost, string exchange, string type) =>
        SendAsync(HttpMethod.Put, $"api/exchanges/{Escape(virtualHost)}/{Escape(exchange)}", new { type, durable = true, @internal = true });

    /// <summary>
    /// Null when there is no such queue. The counts lag behind: the management plug-in collects what queues report every 5 s, however
    /// often they do (<c>collect_statistics_interval</c>), so by up to 5.5 s on a node of our own, 10 s with the broker's defaults.
    /// </summary>
    public async Task<QueueCounts?> CountAsync(string virtualHost, string queue)
    {
        using var response = await http.GetAsync($"api/queues/{Escape(virtualHost)}/{Escape(queue)}");
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<QueueCounts>();
    }

    /// <summary><c>classic</c> or <c>quorum</c>.</summary>
    public async Task<string?> TypeAsync(string virtualHost, string queue) =>
        (await http.GetFromJsonAsync<JsonElement>($"api/queues/{Escape(virtualHost)}/{Escape(queue)}")).GetProperty("type").GetString();

    /// <summary>Of the first consumer of a queue; empty when there is none.</summary>
    public async Task<string> ConsumerTagAsync(string virtualHost, string queue) =>
        (await http.GetFromJsonAsync<JsonElement>($"api/consumers/{Escape(virtualHost)}")).EnumerateArray()
            .Where(c => c.GetProperty("queue").GetProperty("name").GetString() == queue)
            .Select(c => c.GetProperty("consumer_tag").GetString()).FirstOrDefault() ?? "";

    /// <summary>The name of the node that leads a quorum queue.</summary>
    public async Task<string?> LeaderAsync(string virtualHost, string queue) =>
        (await http.GetFromJsonAsync<JsonElement>($"api/queues/{Escape(virtualHost)}/{Escape(queue)}")).GetProperty("leader").GetString();

    /// <summary>Names of the nodes that run.</summary>
    public async Task<string[]> RunningNodesAsync() =>
        [.. (await http.GetFromJsonAsync<JsonElement>("api/nodes")).EnumerateArray().Where(n => n.GetProperty("running").GetBoolean()).Select(n => n.GetProperty("name").GetString() ?? "")];

    /// <summary>What the broker has counted of a queue since it started; as late as <see cref="CountAsync"/>.</summary>
    public async Task<QueueTotals> TotalsAsync(string virtualHost, string queue)
    {
        var found = await http.GetFromJsonAsync<JsonElement>($"api/queues/{Escape(virtualHost)}/{Escape(queue)}");
        return new(Total("publish"), Total("ack"));

        long Total(string kind) =>
            found.TryGetProperty("message_stats", out var stats) && stats.TryGetProperty(kind, out var total) ? total.GetInt64() : 0;
    }

    /// <summary>The names of all queues, sorted.</summary>
    public async Task<string[]> QueuesAsync(string virtualHost)
    {
        var queues = await http.GetFromJsonAsync<JsonElement>($"api/queues/{Escape(virtualHost)}");
        return [.. queues.EnumerateArray().Select(q => q.GetProperty("name").GetString() ?? "").Order(StringComparer.Ordinal)];
    }

    /// <summary>The names of all exchanges, the broker's own and the default one (an empty name) among them, sorted. Never late.</summary>
    public async Task<string[]> ExchangesAsync(string virtualHost)
    {
        var exchanges = await http.GetFromJsonAsync<JsonElement>($"api/exchanges/{Escape(virtualHost)}");
        return [.. exchanges.EnumerateArray().Select(e => e.GetProperty("name").GetString() ?? "").Order(StringComparer.Ordinal)];
    }

    /// <summary>Closes every open connection of the virtual host, as an operator would.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> CloseConnectionsAsync(string virtualHost)
    {
        var connections = await http.GetFromJsonAsync<JsonElement>($"api/vhosts/{Escape(virtualHost)}/connections");
        var names = connections.EnumerateArray().Select(c => c.GetProperty("name").GetString() ?? "").ToArray();
        foreach (var name in names)
            await SendAsync(HttpMethod.Delete, $"api/connections/{Escape(name)}");

        return names.Length;
    }

    public void Dispose() => http.Dispose();

    private static string Escape(string segment) => Uri.EscapeDataString(segment);

    private async Task SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);

        using var response = await http.SendAsync(request);
        if (response.StatusCode != HttpStatusCode.NotFound || method != HttpMethod.Delete)
            response.EnsureSuccessStatusCode();
    }
}

/// <summary>Messages that came into a queue, and that consumers acknowledged.</summary>
public sealed record QueueTotals(long Published, long Acknowledged);

/// <summary>What a queue holds.</summary>
public sealed record QueueCounts(
    [property: JsonPropertyName("messages_ready")] int Ready,
    [property: JsonPropertyName("messages_unacknowledged")] int Unacked,
    [property: JsonPropertyName("consumers")] int Consumers)
{
    public int Total => Ready + Unacked;
}
