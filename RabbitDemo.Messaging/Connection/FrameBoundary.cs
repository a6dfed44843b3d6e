namespace RabbitDemo.Messaging;

/// <summary>Follows what is written to a broker, to tell whether the last frame of it is whole. Not thread-safe.</summary>
internal sealed class FrameBoundary
{
    private readonly byte[] head = new byte[AmqpFrame.Head];
    private int inHead;
    private long missing = "AMQP0091".Length; // a client begins with that

    /// <summary>Between two frames.</summary>
    public bool IsHere => inHead == 0 && missing == 0;

    public void Advance(ReadOnlySpan<byte> written)
    {
        while (written.Length > 0)
        {
            if (missing > 0)
            {
                var part = (int)Math.Min(missing, written.Length);
                missing -= part;
                written = written[part..];
                continue;
            }

            var taken = Math.Min(head.Length - inHead, written.Length);
            written[..taken].CopyTo(head.AsSpan(inHead));
            inHead += taken;
            written = written[taken..];
            if (inHead == head.Length)
            {
                inHead = 0;
                missing = AmqpFrame.SizeOf(head) + 1L;
            }
        }
    }
}
