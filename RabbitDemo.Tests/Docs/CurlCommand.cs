using System.Text;

namespace RabbitDemo.Tests.Docs;

/// <summary>The request of a <c>curl</c> command line, as far as the pages use it: <c>-X</c>, <c>-H</c>, <c>-d</c>, <c>-i</c>, <c>-s</c> and an address.</summary>
internal sealed record CurlCommand(HttpMethod Method, Uri Address, IReadOnlyList<(string Name, string Value)> Headers, string? Body)
{
    /// <exception cref="FormatException">It uses something else.</exception>
    public static CurlCommand Parse(string command)
    {
        var words = new Queue<string>(Words(command));
        if (words.Dequeue() != "curl")
            throw new FormatException("The command is not curl.");

        var (method, address, body) = ((string?)null, (string?)null, (string?)null);
        var headers = new List<(string, string)>();
        while (words.TryDequeue(out var word))
        {
            switch (word)
            {
                case "-i" or "-s":
                    break;
                case "-X":
                    method = words.Dequeue();
                    break;
                case "-H" when words.Dequeue().Split(": ", 2) is [var name, var value]:
                    headers.Add((name, value));
                    break;
                case "-d":
                    body = words.Dequeue();
                    break;
                case var _ when address is null && word.StartsWith("http", StringComparison.Ordinal):
                    address = word;
                    break;
                default:
                    throw new FormatException($"curl's {word} is not understood here.");
            }
        }

        return new(
            new HttpMethod(method ?? (body is null ? "GET" : "POST")),
            new Uri(address ?? throw new FormatException("The command has no address.")),
            headers,
            body);
    }

    /// <summary>To the same path of another address.</summary>
    public HttpRequestMessage ToRequest(Uri server)
    {
        var request = new HttpRequestMessage(Method, new Uri(server, Address.PathAndQuery));
        if (Body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));

        foreach (var (name, value) in Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>As a shell splits it: blanks, single quotes, and a backslash at a line's end.</summary>
    public static IEnumerable<string> Words(string command)
    {
        var word = new StringBuilder();
        var (quoted, any) = (false, false);
        foreach (var c in command.Replace("\\\n", " ", StringComparison.Ordinal))
        {
            if (c == '\'')
            {
                (quoted, any) = (!quoted, true);
            }
            else if (!quoted && char.IsWhiteSpace(c))
            {
                if (any)
                    yield return word.ToString();

                word.Clear();
                any = false;
            }
            else
            {
                word.Append(c);
                any = true;
            }
        }

        if (quoted)
            throw new FormatException("A quote is not closed.");

        if (any)
            yield return word.ToString();
    }
}
