using System.Net.Http.Json;
using System.Text.Json;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Chaos;
using RabbitDemo.Tests.EndToEnd;

namespace RabbitDemo.Tests.Telemetry;

/// <summary>The whole system as its AppHost starts it, exporting to a collector of the tests', on a broker and a network that can be broken.</summary>
public sealed class ObservedSystem : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string[] Services = ["producer", "consumer", "usuarios", "pedidos", "auditoria"];

    private readonly TemporaryDirectory data = new();
    private OtlpReceiver? receiver;
    private TestVirtualHost? virtualHost;
    private BrokerProxy? proxy;
    private RunningSystem? system;

    public TestBroker Broker { get; } = new();

    public TestVirtualHost VirtualHost => virtualHost ?? throw NotRunning;

    internal OtlpReceiver Receiver => receiver ?? throw NotRunning;

    internal BrokerProxy Network => proxy ?? throw NotRunning;

    internal RunningSystem System => system ?? throw NotRunning;

    private static InvalidOperationException NotRunning => new("The system is not running.");

    public async Task InitializeAsync()
    {
        if (TestBroker.WhyNone is not null)
            return;

        await Broker.InitializeAsync();
        virtualHost = await Broker.CreateVirtualHostAsync();
        proxy = new(Broker.Amqp.Port);
        receiver = await OtlpReceiver.StartAsync();
        system = await RunningSystem.StartAsync(data,
        [
            "--Broker=external", $"--ConnectionStrings:rabbitmq={new UriBuilder(virtualHost.Amqp) { Port = proxy.Port }}",
            "--RabbitDemo:Handling:Delay=00:00:00", "--RabbitDemo:Receiver:RetryDelays=00:00:00.100", "--RabbitDemo:Receiver:HandlerTimeLimit=00:00:01",
            .. Services.SelectMany(name => new[]
            {
                $"--Services:{name}:OTEL_EXPORTER_OTLP_ENDPOINT={receiver.Endpoint}", $"--Services:{name}:OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
                $"--Services:{name}:OTEL_BSP_SCHEDULE_DELAY=100", $"--Services:{name}:OTEL_BLRP_SCHEDULE_DELAY=100",
                $"--Services:{name}:OTEL_METRIC_EXPORT_INTERVAL=500"
            })
        ]);
        await system.HealthyAsync(Services);
    }

    /// <summary>Sends an event that is answered with <paramref name="status"/>; the answer.</summary>
    internal async Task<JsonElement> SendAsync(string tipo, string query = "", int status = 202, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/send{query}")
        {
            Content = JsonContent.Create(new { id = 1, tipo, payload = new { usuario = "admin" } })
        };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);

        using var response = await System.Producer.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} {answer}");
        return JsonElement.Parse(answer);
    }

    /// <summary>Waits for <paramref name="acks"/> acknowledgements in a trace, the last of its spans.</summary>
    internal Task<ReceivedSpan[]> TraceAsync(string traceId, int acks) => Eventually.GetAsync(
        $"a trace with {acks} acks", TimeSpan.FromSeconds(20),
        () => Task.FromResult(Receiver.Spans.Where(span => span.TraceId == traceId).ToArray()),
        spans => spans.Count(span => span.Span.Name.StartsWith("ack ", StringComparison.Ordinal)) == acks && TraceTree.IsWhole(spans));

    /// <summary>Draws a trace, when it looks as expected or when it has had its time to.</summary>
    internal async Task<string> DrawnAsync(string traceId, string expected)
    {
        var drawn = "";
        try
        {
            await Eventually.TrueAsync("the trace is as expected", TimeSpan.FromSeconds(20), () =>
            {
                drawn = TraceTree.Draw([.. Receiver.Spans.Where(span => span.TraceId == traceId)], Receiver.Spans);
                return Task.FromResult(drawn == expected);
            });
        }
        catch (TimeoutException)
        {
            // The caller shows both.
        }

        return drawn;
    }

    public async Task DisposeAsync()
    {
        if (system is not null)
            await system.DisposeAsync();
        if (receiver is not null)
            await receiver.DisposeAsync();
        proxy?.Dispose();
        await Broker.DisposeAsync();
        data.Dispose();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
}
