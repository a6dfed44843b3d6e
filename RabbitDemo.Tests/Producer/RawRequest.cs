using System.Net.Sockets;
using System.Text;

namespace RabbitDemo.Tests.Producer;

/// <summary>One HTTP/1.1 request written by hand: its body goes out piece by piece while the answer is read, and it can hang up.</summary>
internal sealed class RawRequest : IAsyncDisposable
{
    private readonly TcpClient socket;
    private readonly StreamReader answer;

    private RawRequest(TcpClient socket) => (this.socket, answer) = (socket, new StreamReader(socket.GetStream()));

    /// <summary>The body is chunked unless <paramref name="headers"/> has a length.</summary>
    public static async Task<RawRequest> PostAsync(Uri server, string path, params string[] headers)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(server.Host, server.Port);
        var request = new RawRequest(socket);
        string[] framing = headers.Any(h => h.StartsWith("Content-Length", StringComparison.Ordinal)) ? [] : ["Transfer-Encoding: chunked"];
        await request.WriteAsync(string.Join("\r\n", [$"POST {path} HTTP/1.1", "Host: x", .. framing, .. headers, "", ""]));
        return request;
    }

    public Task WriteAsync(string text) => socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    public Task WriteChunkAsync(string text) => WriteAsync($"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n");

    public Task EndAsync() => WriteAsync("0\r\n\r\n");

    /// <summary>The status line, without the headers that follow it.</summary>
    public async Task<string> ReadStatusAsync()
    {
        var status = await ReadLineAsync();
        while ((await ReadLineAsync()).Length > 0)
        {
        }

        return status;
    }

    /// <summary>The next line of a chunked answer that begins like JSON, chunk sizes left out; null at its end.</summary>
    public async Task<string?> ReadJsonLineAsync()
    {
        while (true)
        {
            var line = await ReadLineAsync();
            if (line.StartsWith('{'))
                return line;
            if (line == "0")
                return null;
        }
    }

    /// <summary>Closes with a reset, as a client that is killed does.</summary>
    public void HangUp()
    {
        socket.LingerState = new(true, 0);
        socket.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        answer.Dispose();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> ReadLineAsync() =>
        await answer.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)) ?? throw new EndOfStreamException("The server closed the connection.");
}
