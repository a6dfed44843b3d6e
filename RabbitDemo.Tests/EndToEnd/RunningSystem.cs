using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using RabbitDemo.Tests.AppHost;

namespace RabbitDemo.Tests.EndToEnd;

/// <summary>The whole system, used as a person would: over HTTP, and with signals to its processes.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly RunningAppHost host;

    private RunningSystem(RunningAppHost host)
    {
        this.host = host;
        Producer = host.Application.CreateHttpClient("producer");
        Consumer = host.Application.CreateHttpClient("consumer");
    }

    public HttpClient Producer { get; }

    public HttpClient Consumer { get; }

    public RunningAppHost Host => host;

    public DistributedApplication Application => host.Application;

    public static async Task<RunningSystem> StartAsync(TemporaryDirectory data, params string[] settings) =>
        new(await RunningAppHost.StartAsync(data, settings));

    public async Task<RunningSystem> HealthyAsync(params string[] services)
    {
        foreach (var service in services)
            await host.HealthyAsync(service);

        return this;
    }

    public Task<HttpResponseMessage> SendAsync(string json, string query = "", string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/send{query}") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);

        return Producer.SendAsync(request);
    }

    /// <summary>Sends a small event that must be accepted; its message id.</summary>
    public async Task<string> AcceptedAsync(long id, string? key = null)
    {
        using var response = await SendAsync($$$"""{"id": {{{id}}}, "tipo": "registro", "payload": {"usuario": "admin"}}""", key: key);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("messageId").GetString() ?? "";
    }

    public async Task<JsonElement[]> MessagesAsync() => await Consumer.GetFromJsonAsync<JsonElement[]>("/messages?limit=1000") ?? [];

    /// <summary>Waits until each of <paramref name="ids"/> is stored, and returns all that is stored.</summary>
    public Task<JsonElement[]> StoredAsync(IEnumerable<string> ids, TimeSpan? within = null) => Eventually.GetAsync(
        $"stored: {string.Join(' ', ids.Take(5))}", within ?? Soon, MessagesAsync, stored => !ids.Except(stored.Select(MessageId)).Any());

    public static string MessageId(JsonElement message) => message.GetProperty("messageId").GetString() ?? "";

    /// <param name="plan">The faults to come; an empty one for none.</param>
    /// <param name="whenReady">Waits for a service that was just started again.</param>
    public Task FaultsAsync(object plan, bool whenReady = false) => Eventually.TrueAsync("the faults are set", whenReady ? Soon : TimeSpan.Zero, async () =>
    {
        using var attempt = new CancellationTokenSource(TimeSpan.FromSeconds(10)); // a proxy may hold a connection to a process that is gone
        using var response = await Consumer.PutAsJsonAsync("/faults", plan, attempt.Token);
        return response.IsSuccessStatusCode;
    });

    /// <summary>Kills a service's process with all below it, as <c>kill -9</c> does.</summary>
    public async Task KillAsync(string service)
    {
        foreach (var instance in await InstancesAsync(service))
        {
            using var process = Process.GetProcessById(PidOf(instance));
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Waits until the process of <paramref name="service"/> has ended, and starts it again.</summary>
    public async Task StartAgainAsync(string service)
    {
        using var deadline = new CancellationTokenSource(Soon);
        await Application.ResourceNotifications.WaitForResourceAsync(
            service, e => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text), deadline.Token);
        var start = await Application.ResourceCommands.ExecuteCommandAsync(service, KnownResourceCommands.StartCommand, deadline.Token);
        Assert.True(start.Success, start.Message);
    }

    public async ValueTask DisposeAsync()
    {
        Producer.Dispose();
        Consumer.Dispose();
        await host.DisposeAsync();
    }

    private async Task<CustomResourceSnapshot[]> InstancesAsync(string service)
    {
        using var deadline = new CancellationTokenSource(Soon);
        var running = await Application.ResourceNotifications.WaitForResourceAsync(
            service, e => e.Snapshot.State?.Text == KnownResourceStates.Running && e.Snapshot.Properties.Any(IsPid), deadline.Token);
        return [running.Snapshot];
    }

    private static bool IsPid(ResourcePropertySnapshot property) => property is { Name: "executable.pid", Value: not null };

    private static int PidOf(CustomResourceSnapshot instance) =>
        Convert.ToInt32(instance.Properties.First(IsPid).Value, CultureInfo.InvariantCulture);
}
