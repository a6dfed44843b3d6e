using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RabbitDemo.Lab;
using RabbitDemo.Lab.Live;
using RabbitDemo.Lab.Services;
using RabbitDemo.Messaging;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Lab;

public sealed class SystemWatchTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(Batches.Noon);
    private readonly MovementReader reader;
    private readonly ManagementApi management = new(Options.Create(new LabOptions()), new ConfigurationBuilder().Build());
    private readonly QueueCounts counts;
    private readonly SystemWatch watch;

    public SystemWatchTests()
    {
        reader = new(new ConnectionFactory(), new(), clock, NullLogger<MovementReader>.Instance);
        counts = new(management, clock);
        watch = new(reader, counts, clock);
    }

    public void Dispose()
    {
        reader.Dispose();
        counts.Dispose();
        management.Dispose();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3.4, true)]
    [InlineData(3.5, false)]
    [InlineData(60, false)]
    public void TakesAProcessForGoneWhenItHasBeenSilent(double seconds, bool runs)
    {
        var instance = Heard(Batches.Of("usuarios", "u-1"));

        clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(runs, IsRunning(instance, ConnectionPhase.Ready, Batches.Noon.AddMinutes(-1)));
    }

    [Fact]
    public void TakesAProcessThatSaysGoodbyeForGoneAtOnce()
    {
        var instance = Heard(Batches.Of("usuarios", "u-1", isLast: true));

        Assert.False(IsRunning(instance, ConnectionPhase.Ready, Batches.Noon));
        Assert.False(IsRunning(instance, ConnectionPhase.Connecting, Batches.Noon));
    }

    [Fact]
    public void TakesNobodyForGoneWhileItHearsNothingAndGivesEachTimeToSpeakAgain()
    {
        var instance = Heard(Batches.Of("usuarios", "u-1"));

        clock.Advance(TimeSpan.FromHours(1));
        var reconnected = clock.GetUtcNow();
        Assert.True(IsRunning(instance, ConnectionPhase.Connecting, Batches.Noon));
        Assert.True(IsRunning(instance, ConnectionPhase.Ready, reconnected));

        clock.Advance(TimeSpan.FromSeconds(3.5));
        Assert.False(IsRunning(instance, ConnectionPhase.Ready, reconnected));
    }

    [Fact]
    public void BringsNobodyBackWhoWasGoneBeforeItHeardNothing()
    {
        var gone = Heard(Batches.Of("usuarios", "u-1"));
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(IsRunning(gone, ConnectionPhase.Ready, Batches.Noon));

        Assert.False(IsRunning(gone, ConnectionPhase.Connecting, clock.GetUtcNow()));
        Assert.False(IsRunning(gone, ConnectionPhase.Ready, clock.GetUtcNow()));
        Assert.True(IsRunning(Heard(Batches.Of("usuarios", "u-1")), ConnectionPhase.Ready, Batches.Noon));
    }

    [Fact]
    public void TakesNobodyForGoneBeforeItKnowsOfAlarms()
    {
        var instance = Heard(Batches.Of("usuarios", "u-1"));
        clock.Advance(TimeSpan.FromHours(1));

        Assert.True(SystemWatch.IsRunning(instance, new(ConnectionPhase.Ready, null, Batches.Noon), alarms: null, clock.GetUtcNow()));
    }

    [Fact]
    public void TakesNobodyForGoneWhileTheBrokerTakesNothingAndGivesEachTimeToSpeakAgain()
    {
        var instance = Heard(Batches.Of("usuarios", "u-1"));

        clock.Advance(TimeSpan.FromHours(1));
        var over = clock.GetUtcNow();
        Assert.True(IsRunning(instance, ConnectionPhase.Ready, Batches.Noon, new(["memory"], Batches.Noon)));
        Assert.True(IsRunning(instance, ConnectionPhase.Ready, Batches.Noon, new([], over)));

        clock.Advance(TimeSpan.FromSeconds(3.5));
        Assert.False(IsRunning(instance, ConnectionPhase.Ready, Batches.Noon, new([], over)));
    }

    [Fact]
    public void ForgetsAProcessThatHasLongBeenSilentWhenAnotherSpeaks()
    {
        Heard(Batches.Of("usuarios", "u-1"));

        clock.Advance(TimeSpan.FromMinutes(10.1));
        Heard(Batches.Of("pedidos", "p-1"));

        Assert.Equal(["p-1"], watch.All.Select(i => i.Name));
    }

    [Fact]
    public void KnowsWhenAPublishWasConfirmed()
    {
        watch.Take(Batches.Of("producer", "p-1", movements: [Batches.Move(MovementKind.Published, "", "mensajes", "mensajes")]));

        Assert.Equal(Batches.Noon, watch.ConfirmedAt("m-1"));
        Assert.Null(watch.ConfirmedAt("m-2"));
    }

    [Fact]
    public void LeavesAPageThatStallsTheNewestOnly()
    {
        using var feed = new LiveFeed(watch);

        for (var number = 1; number <= 60; number++)
            watch.Take(Batches.Of("producer", "p-1", [new(MovementKind.Published, "", "mensajes", 1)], number: number));
        watch.Take(Batches.Of("producer", "p-1", number: 61));

        Assert.Equal(Enumerable.Range(11, 50).Select(n => (long)n), feed.Take().Select(b => b.Number));
        Assert.Empty(feed.Take());
    }

    [Fact]
    public void GivesAPageThatIsClosedNothingMore()
    {
        var feed = new LiveFeed(watch);

        feed.Dispose();
        watch.Take(Batches.Of("producer", "p-1", [new(MovementKind.Published, "", "mensajes", 1)]));

        Assert.Empty(feed.Take());
    }

    private Instance Heard(MovementBatch batch)
    {
        watch.Take(batch);
        return watch.All.Single(i => i.Name == batch.Instance);
    }

    private bool IsRunning(Instance instance, ConnectionPhase phase, DateTimeOffset since, AlarmState? alarms = null) =>
        SystemWatch.IsRunning(instance, new(phase, null, since), alarms ?? new([], Batches.Noon.AddDays(-1)), clock.GetUtcNow());
}
