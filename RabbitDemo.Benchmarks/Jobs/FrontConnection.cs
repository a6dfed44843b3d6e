using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>
/// One connection that sends the same bytes over and over and reads no more of the answer than its status and its end: the load
/// shares the cores with the front, and what it takes dilutes every ratio.
/// </summary>
internal sealed class FrontConnection(Uri address, byte[] body) : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] received = new byte[16 * 1024];
    private readonly byte[] request =
    [
        .. Encoding.ASCII.GetBytes(
            $"POST {address.AbsolutePath} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"),
        .. body
    ];

    public Task OpenAsync() => socket.ConnectAsync(address.Host, address.Port);

    /// <summary>Sends the request and reads the answer to its end.</summary>
    public async Task<HttpStatusCode> PostAsync()
    {
        await socket.SendAsync(request);
        for (var length = 0; ;)
        {
            var read = await socket.ReceiveAsync(received.AsMemory(length));
            if (read == 0)
                throw new InvalidOperationException("The front closed the connection.");

            length += read;
            if (IsWhole(received.AsSpan(0, length)))
                return Status(received);
        }
    }

    public void Dispose() => socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;

        var content = answer[(head + 4)..];
        var lengthAt = answer[..head].IndexOf("Content-Length: "u8);
        return lengthAt < 0
            ? content.EndsWith("0\r\n\r\n"u8)
            : Utf8Parser.TryParse(answer[(lengthAt + "Content-Length: ".Length)..], out int expected, out _) && content.Length == expected;
    }

    private static HttpStatusCode Status(ReadOnlySpan<byte> answer) =>
        Utf8Parser.TryParse(answer["HTTP/1.1 ".Length..], out int code, out _) ? (HttpStatusCode)code : default;
}
