using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using RabbitDemo.Producer.Batch;

namespace RabbitDemo.Tests.Producer;

/// <summary>A batch whose events are all there, and a broker that confirms none until it is told to.</summary>
public sealed class BatchStreamTests
{
    private const int MB = 1024 * 1024;

    private readonly HeldIntake intake = new();
    private readonly Pipe output = new(new PipeOptions(pauseWriterThreshold: 0));

    [Theory]
    [InlineData(300, 100, 258)] // two of them in hand, on the way into and out of the window
    [InlineData(40, MB, 16)]
    [InlineData(3, 16 * MB, 1)]
    public async Task HasSoManyEventsUnderWayAsFitIntoItsMemory(int count, int bytes, int most)
    {
        var running = RunAsync(count, bytes, CancellationToken.None);
        for (var confirmed = 0; confirmed < count; confirmed++)
        {
            await Eventually.TrueAsync($"event {confirmed} is taken", TimeSpan.FromSeconds(20), () => Task.FromResult(intake.Taken > confirmed));
            intake.ConfirmOne();
        }

        await running.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.InRange(intake.MostUnderWay, 1, most);
        Assert.Equal(Enumerable.Range(0, count), await IndexesAsync());
    }

    [Fact]
    public async Task EndsWhenItsClientHangsUpWhileItWaitsForRoom()
    {
        using var hangUp = new CancellationTokenSource();
        var running = RunAsync(40, MB, hangUp.Token);
        Assert.Equal(16, intake.Taken);

        await hangUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private Task RunAsync(int count, int bytes, CancellationToken cancellationToken)
    {
        var input = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        for (var i = 0; i < count; i++)
            Encoding.UTF8.GetBytes($"{Event(i, bytes)}\n", input.Writer);

        input.Writer.Complete();
        var publisher = new BatchPublisher(intake, new("", "mensajes"), idempotencyKey: null, TimeProvider.System, cancellationToken);
        return new BatchStream(input.Reader, output.Writer, new(16 * MB), publisher).RunAsync(cancellationToken);
    }

    private static string Event(int id, int bytes)
    {
        var text = $$$"""{"id":{{{id}}},"tipo":"lote","payload":{"n":"x"}}""";
        return text.Replace("x", new string('x', bytes - text.Length + 1), StringComparison.Ordinal);
    }

    private async Task<IEnumerable<int>> IndexesAsync()
    {
        await output.Writer.CompleteAsync();
        using var text = new StreamReader(output.Reader.AsStream());
        var lines = (await text.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Select(line => JsonElement.Parse(line).GetProperty("index").GetInt32());
    }
}
