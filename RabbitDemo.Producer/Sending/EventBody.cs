using System.Buffers;
using System.IO.Pipelines;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Sending;

/// <summary>An event that is the whole body of a request.</summary>
internal static class EventBody
{
    /// <summary>Reads to the end of the body, whose size the endpoint's limit bounds.</summary>
    /// <exception cref="BadHttpRequestException">The body is over the limit, or ends before its announced length.</exception>
    public static async ValueTask<(Evento? Evento, IReadOnlyList<EventoProblem> Problems)> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            if (read.IsCompleted)
            {
                var evento = Read(read.Buffer, out var problems);
                body.AdvanceTo(read.Buffer.End);
                return (evento, problems);
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static Evento? Read(ReadOnlySequence<byte> buffer, out IReadOnlyList<EventoProblem> problems)
    {
        if (buffer.IsSingleSegment)
            return EventoJson.Read(buffer.FirstSpan, out problems);

        var rented = ArrayPool<byte>.Shared.Rent((int)buffer.Length);
        buffer.CopyTo(rented);
        var evento = EventoJson.Read(rented.AsSpan(0, (int)buffer.Length), out problems);
        ArrayPool<byte>.Shared.Return(rented);
        return evento;
    }
}
