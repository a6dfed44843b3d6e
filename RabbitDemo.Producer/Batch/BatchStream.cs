using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;

namespace RabbitDemo.Producer.Batch;

/// <summary>
/// Reads items and answers them at the same time. At most <see cref="Window"/> of them are in flight, of together at most
/// <see cref="MostBytes"/> or else one, so that a batch of any length takes the same memory: when the broker or a client that does
/// not read its answers falls behind, reading waits.
/// </summary>
internal sealed class BatchStream(PipeReader input, PipeWriter output, ItemFramer framer, BatchPublisher publisher)
{
    private const int Window = 256;
    private const int FlushBytes = 16 * 1024;

    /// <summary>As much as the outbox has under way; the largest event that a setting allows.</summary>
    private const long MostBytes = 16 * 1024 * 1024;

    private readonly Channel<Task<BatchAnswer>> answers = Channel.CreateBounded<Task<BatchAnswer>>(
        new BoundedChannelOptions(Window) { SingleReader = true, SingleWriter = true });

    private readonly Queue<(Task Answer, int Bytes)> underWay = [];
    private long bytes;

    /// <summary>Completes when every item that was read has its answer, in the order of the items.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(failed.Token);
        try
        {
            await WriteAsync(failed.Token);
        }
        finally
        {
            await failed.CancelAsync();
            await reading;
        }
    }

    /// <summary>Ends the reading after what has been read; the rest of the batch is answered with one line.</summary>
    public void Stop() => input.CancelPendingRead();

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(cancellationToken);
                var rest = read.Buffer;
                while (framer.TryNext(ref rest))
                {
                    await PublishAsync(cancellationToken);
                }

                input.AdvanceTo(read.Buffer.End);
                if (read.IsCanceled)
                {
                    await answers.Writer.WriteAsync(publisher.Stop(), cancellationToken);
                    break;
                }

                if (!read.IsCompleted)
                    continue;

                if (framer.TryEnd())
                    await PublishAsync(cancellationToken);
                break;
            }

            answers.Writer.Complete();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Handed to the writing side, which ends the request with it once the answers before it are out.
            answers.Writer.Complete(e);
        }
    }

    /// <summary>Publishes the framer's item once there is room for it; one that is larger than the room goes alone.</summary>
    private async ValueTask PublishAsync(CancellationToken cancellationToken)
    {
        var size = framer.Item.Length;
        while (underWay.TryPeek(out var oldest) && (oldest.Answer.IsCompleted || bytes + size > MostBytes))
        {
            if (!oldest.Answer.IsCompleted)
                await Task.WhenAny(oldest.Answer).WaitAsync(cancellationToken); // why it failed, if it did, the writing side says

            underWay.Dequeue();
            bytes -= oldest.Bytes;
        }

        var answer = publisher.Publish(framer);
        underWay.Enqueue((answer, size));
        bytes += size;
        await answers.Writer.WriteAsync(answer, cancellationToken);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await foreach (var pending in answers.Reader.ReadAllAsync(cancellationToken))
        {
            if (!pending.IsCompleted || output.UnflushedBytes >= FlushBytes)
                await output.FlushAsync(cancellationToken);

            WriteLine(await pending);
            if (answers.Reader.Count == 0)
                await output.FlushAsync(cancellationToken);
        }
    }

    private void WriteLine(BatchAnswer answer)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            JsonSerializer.Serialize(json, answer, ProducerJson.Default.BatchAnswer);
        }

        output.GetSpan(1)[0] = (byte)'\n';
        output.Advance(1);
    }
}
