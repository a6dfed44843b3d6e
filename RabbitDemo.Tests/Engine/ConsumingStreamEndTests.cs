namespace RabbitDemo.Tests.Engine;

/// <summary>How a connection that consumes ends, from either side: nobody waits for ever.</summary>
public sealed class ConsumingStreamEndTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly StreamPair pair = new(silence: TimeSpan.FromHours(1));

    public void Dispose() => pair.Dispose();

    /// <summary>The library first reads what came before, which may say why; and what was delivered is acknowledged.</summary>
    [Fact]
    public async Task FailsTheLibrarysReadWhenADeliveryCannotBeTaken()
    {
        TakenDeliveries taken = new(envelope =>
        {
            if (envelope.DeliveryTag == 2)
                throw new InvalidOperationException("no room");
        });
        pair.Stream.Register(1, new(taken, uint.MaxValue));
        var before = WireFrames.Method(0, 10, 60, 0);
        await pair.Broker.SendAsync((byte[])[.. before, .. WireFrames.Delivery(1, 1, [1]), .. WireFrames.Delivery(1, 2, [1])]);

        Assert.Equal(before, await pair.ReadAsync(before.Length).WaitAsync(Soon));
        Assert.Equal("no room", (await Assert.ThrowsAsync<IOException>(() => pair.ReadAsync(1).WaitAsync(Soon))).Message);
        Assert.Equal(2, taken.ReadsEndedAt[^1]);
    }

    /// <summary>The thread waits in the system: closing the socket has to end that.</summary>
    [Fact]
    public async Task EndsWithItsSocket()
    {
        var reading = pair.ReadAsync(1);
        await pair.Broker.SendAsync(WireFrames.Frame(8, 0, [])[..3]);
        await pair.Stream.DisposeAsync();

        Assert.IsAssignableFrom<IOException>(await Record.ExceptionAsync(() => reading.WaitAsync(Soon)));
    }

    /// <summary>As <see cref="EndsWithItsSocket"/>, while a send waits for a broker that does not read.</summary>
    [Fact]
    public async Task EndsWithItsSocketWhileItSends()
    {
        var writing = Task.Run(async () =>
        {
            while (true)
                await pair.Stream.WriteAsync(new byte[100_000]);
        });
        await Eventually.TrueAsync("the socket is full", Soon, async () =>
        {
            var before = pair.Broker.Available;
            await Task.Delay(100);
            return before > 0 && before == pair.Broker.Available;
        });
        await pair.Stream.DisposeAsync();

        Assert.IsAssignableFrom<IOException>(await Record.ExceptionAsync(() => writing.WaitAsync(Soon)));
    }

    /// <summary>A part of it may be on its way: nothing more can be said on this connection, and nothing heard.</summary>
    [Fact]
    public async Task EndsWhenASendTakesTooLong()
    {
        pair.Stream.WriteTimeout = 200;
        var reading = pair.ReadAsync(1);
        var failure = await Record.ExceptionAsync(async () =>
        {
            while (true)
                await pair.Stream.WriteAsync(new byte[100_000]).AsTask().WaitAsync(Soon);
        });

        Assert.IsAssignableFrom<IOException>(failure);
        Assert.IsAssignableFrom<IOException>(await Record.ExceptionAsync(() => reading.WaitAsync(Soon)));
    }
}
