using System.Diagnostics;
using RabbitDemo.Tests.Brokers;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Telemetry;

/// <summary>How soon health tells of a fault, and of its end.</summary>
[Collection(ObservedCollection.Name)]
public sealed class ReadinessTests(ObservedSystem observed, ITestOutputHelper output)
{
    private static readonly TimeSpan Told = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ToldOfSilence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ToolTakes = TimeSpan.FromSeconds(60); // rabbitmqctl, at most, on a busy machine
    private static readonly TimeSpan BackAgain = TimeSpan.FromSeconds(5);

    [BrokerFact(BreaksIt = true)]
    public async Task IsLostWithTheBrokerAndComesBackWithIt()
    {
        await ReadyAsync("before", BackAgain);
        await AllIsLoggedAsync();
        var (lost, connected, all) = (Lines("Lost the broker"), Lines("Connected to the broker"), Lines("the broker"));

        await observed.Broker.KillAsync(CancellationToken.None);
        await NotReadyAsync("broker killed", Told, "producer", "consumer");
        await observed.Broker.StartAsync(CancellationToken.None);

        await ReadyAsync("broker back", BackAgain);
        await Eventually.GetAsync("one line says that it is back", BackAgain, () => Task.FromResult(Lines("Connected to the broker") - connected), more => more == 1);
        Assert.Equal((1, 2), (Lines("Lost the broker") - lost, Lines("the broker") - all));
    }

    [BrokerFact(BreaksIt = true)]
    public async Task IsLostWithItsConnections()
    {
        await ReadyAsync("before", BackAgain);

        using (Held()) // else it is over before a busy machine has asked
        {
            var told = NotReadyAsync("connections closed", ToolTakes + Told, "producer", "consumer");
            await observed.Broker.CloseConnectionsAsync(observed.VirtualHost.Name, CancellationToken.None);
            var closed = Stopwatch.GetTimestamp();

            Assert.True(Stopwatch.GetElapsedTime(closed, await told) < Told);
        }

        await ReadyAsync("connections closed", BackAgain);
    }

    [BrokerFact(BreaksIt = true)]
    public async Task IsLostWithAQueue()
    {
        await ReadyAsync("before", BackAgain);

        using (Held())
        {
            var told = NotReadyAsync("queue deleted", Told, "consumer");
            await observed.VirtualHost.DeleteQueueAsync("mensajes");

            await told;
        }

        await ReadyAsync("queue deleted", BackAgain);
    }

    [BrokerFact(BreaksIt = true)]
    public async Task IsLostInASilentNetwork()
    {
        await ReadyAsync("before", BackAgain);

        observed.Network.FallSilent(forget: true);
        try
        {
            await NotReadyAsync("silent network", ToldOfSilence, "producer", "consumer");
        }
        finally
        {
            observed.Network.Speak();
        }

        await ReadyAsync("network heard again", BackAgain);
    }

    [BrokerFact(BreaksIt = true)]
    public async Task IsLostAtTheNextPublishDuringAMemoryAlarm()
    {
        await ReadyAsync("before", BackAgain);

        await observed.Broker.SetMemoryAlarmAsync(CancellationToken.None);
        try
        {
            await observed.SendAsync("registro", status: 503);
            await NotReadyAsync("memory alarm", TimeSpan.Zero, "producer");
            using var consumer = await observed.System.Consumer.GetAsync("/health");
            Assert.True(consumer.IsSuccessStatusCode, "A consumer can consume all the same.");
        }
        finally
        {
            await observed.Broker.ClearMemoryAlarmAsync(CancellationToken.None);
        }

        await ReadyAsync("alarm over", BackAgain);
    }

    /// <summary>Asks without pause, since some faults are mended in a tenth of a second; the time of the last service's first refusal.</summary>
    private async Task<long> NotReadyAsync(string fault, TimeSpan within, params string[] services)
    {
        var began = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(services.Select(async service =>
        {
            string answer;
            do
            {
                using var response = await Client(service).GetAsync("/health");
                answer = await response.Content.ReadAsStringAsync();
                if (!response.IsSuccessStatusCode)
                {
                    output.WriteLine($"{fault}: {service} says so after {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms: {answer.ReplaceLineEndings(" ")}");
                    return Stopwatch.GetTimestamp();
                }
            }
            while (Stopwatch.GetElapsedTime(began) < within);

            throw new TimeoutException($"{service} is ready {within.TotalSeconds} s after: {fault}. It says {answer}");
        }));
        return times.Max();
    }

    private async Task ReadyAsync(string after, TimeSpan within)
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var service in (string[])["producer", "consumer"])
        {
            await Eventually.GetAsync($"{service} is ready after: {after}", within, () => Client(service).GetStringAsync("/health"), _ => true);
            output.WriteLine($"{after}: {service} is ready after {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
        }
    }

    /// <summary>Waits for the last line about an earlier reconnect of the producer, which is counted before it is ready, and exported later.</summary>
    private async Task AllIsLoggedAsync()
    {
        await observed.Receiver.MetricsAsync("producer");
        var reconnects = (int)observed.Receiver.Points.Where(p => p is { Service: "producer", Name: "rabbitdemo.reconnects" }).Sum(p => p.Value);
        await Eventually.GetAsync($"{reconnects} losses are logged, and a connection more", BackAgain,
            () => Task.FromResult((Lines("Lost the broker"), Lines("Connected to the broker"))), lines => lines == (reconnects, reconnects + 1));
    }

    /// <summary>Nobody connects anew until it is disposed.</summary>
    private Disposable Held()
    {
        observed.Network.HoldNewOnes();
        return new(observed.Network.LetIn);
    }

    private int Lines(string text) => observed.Receiver.Logs.Count(log => log.Service == "producer" && log.Body.Contains(text, StringComparison.Ordinal));

    private HttpClient Client(string service) => service == "producer" ? observed.System.Producer : observed.System.Consumer;

    private sealed class Disposable(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
