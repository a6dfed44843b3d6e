using System.Buffers.Binary;
using System.Text;

namespace RabbitDemo.Tests.Chaos;

/// <summary>
/// Reads along in what a client sends, to find where a frame of somebody else's can be slipped in, and which channels the client
/// publishes and consumes on.
/// </summary>
internal sealed class AmqpFrames
{
    private const int Head = 7; // type, channel, size
    private const int ProtocolHeader = 8;
    private const int Kept = 64; // of a payload: enough for a method's numbers and a queue's name

    private readonly byte[] head = new byte[Head];
    private readonly byte[] payload = new byte[Kept];
    private readonly Dictionary<ushort, long> content = []; // bytes of body still to come; -1 before the content's header
    private readonly Dictionary<ushort, TaskCompletionSource<bool>> closings = [];
    private int headRead = -ProtocolHeader;
    private uint payloadRead;

    public HashSet<ushort> Publishing { get; } = [];

    public Dictionary<ushort, string> Consuming { get; } = [];

    /// <summary>An acknowledgement of a delivery that never was: the broker answers by closing the channel with 406.</summary>
    public static byte[] UnknownAck(ushort channel)
    {
        byte[] frame = [1, 0, 0, 0, 0, 0, 13, 0, 60, 0, 80, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0xCE];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), channel);
        return frame;
    }

    /// <summary>A <c>basic.cancel</c> that asks for no answer.</summary>
    public static byte[] Cancel(ushort channel, string tag)
    {
        var name = Encoding.UTF8.GetBytes(tag);
        byte[] frame = [1, 0, 0, 0, 0, 0, (byte)(name.Length + 6), 0, 60, 0, 30, (byte)name.Length, .. name, 1, 0xCE];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), channel);
        return frame;
    }

    /// <summary>A channel that the client publishes or consumes on is closed: true when the broker did it, and the client has said that it knows.</summary>
    public Task<bool> WhenClosedAsync(ushort channel)
    {
        if (!closings.TryGetValue(channel, out var closing))
            closings[channel] = closing = new(TaskCreationOptions.RunContinuationsAsynchronously);

        return closing.Task;
    }

    /// <summary>The channel of this frame is one that the client still publishes or consumes on: on a closed one it would end the connection.</summary>
    public bool MayStand(ReadOnlySpan<byte> frame)
    {
        var channel = BinaryPrimitives.ReadUInt16BigEndian(frame[1..]);
        return Publishing.Contains(channel) || Consuming.ContainsKey(channel);
    }

    /// <returns>The last offset in <paramref name="sent"/> at which a method of another may stand; -1 if there is none.</returns>
    public int Read(ReadOnlySpan<byte> sent)
    {
        var last = -1;
        for (var i = 0; i < sent.Length; i++)
        {
            if (Next(sent[i]) && content.Count == 0)
                last = i + 1;
        }

        return last;
    }

    /// <returns>True when this byte ends a frame.</returns>
    private bool Next(byte value)
    {
        if (headRead < Head)
        {
            if (headRead >= 0)
                head[headRead] = value;

            headRead++;
            return false;
        }

        var size = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(3));
        if (payloadRead < size)
        {
            if (payloadRead < Kept)
                payload[payloadRead] = value;

            payloadRead++;
            return false;
        }

        Understand(BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(1)), size); // the end marker
        (headRead, payloadRead) = (0, 0);
        return true;
    }

    private void Understand(ushort channel, uint size)
    {
        switch (head[0])
        {
            case 1 when payload.AsSpan(0, 4).SequenceEqual<byte>([0, 60, 0, 40]):
                Publishing.Add(channel);
                content[channel] = -1;
                break;
            case 1 when payload.AsSpan(0, 4).SequenceEqual<byte>([0, 60, 0, 20]):
                Consuming[channel] = Encoding.UTF8.GetString(payload, 7, Math.Min((int)payload[6], Kept - 7));
                break;
            case 1 when payload.AsSpan(0, 4).SequenceEqual<byte>([0, 20, 0, 40]):
                Closed(channel, byBroker: false);
                break;
            case 1 when payload.AsSpan(0, 4).SequenceEqual<byte>([0, 20, 0, 41]):
                Closed(channel, byBroker: true);
                break;
            case 2:
                Expect(channel, BinaryPrimitives.ReadInt64BigEndian(payload.AsSpan(4)));
                break;
            case 3 when content.TryGetValue(channel, out var left):
                Expect(channel, left - size);
                break;
        }
    }

    private void Closed(ushort channel, bool byBroker)
    {
        Publishing.Remove(channel);
        Consuming.Remove(channel);
        content.Remove(channel);
        if (closings.Remove(channel, out var closing))
            closing.SetResult(byBroker);
    }

    private void Expect(ushort channel, long bytes)
    {
        if (bytes > 0)
            content[channel] = bytes;
        else
            content.Remove(channel);
    }
}
