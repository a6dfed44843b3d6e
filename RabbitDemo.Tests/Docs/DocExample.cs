using System.Globalization;
using System.Text.Json;

namespace RabbitDemo.Tests.Docs;

/// <summary>A request that a page shows, and the answer that it shows for it.</summary>
/// <param name="Line">Where the request begins on the page.</param>
/// <param name="Request">The request, as <c>curl</c> would send it.</param>
/// <param name="Status">The answer's status.</param>
/// <param name="Answer">What the answer's body must hold; undefined where the page shows none.</param>
internal sealed record DocExample(int Line, CurlCommand Request, int Status, JsonElement Answer)
{
    private const string Curl = "curl ";

    /// <summary>The examples of a page: each <c>bash</c> block that begins with <c>curl</c>, with the <c>http</c> block that follows.</summary>
    /// <exception cref="FormatException">A request without an answer, or one of them is not readable: names the line.</exception>
    public static IReadOnlyList<DocExample> ReadAll(string markdown)
    {
        var blocks = FencedBlock.ReadAll(markdown).Where(b => b.Language == "http" || IsRequest(b)).ToArray();
        var examples = new List<DocExample>();
        for (var i = 0; i < blocks.Length; i += 2)
        {
            if (!IsRequest(blocks[i]) || i + 1 == blocks.Length || blocks[i + 1].Language != "http")
                throw new FormatException($"Line {blocks[i].Line}: a request and its answer come in pairs.");

            examples.Add(Read(blocks[i], blocks[i + 1]));
        }

        return examples;
    }

    private static bool IsRequest(FencedBlock block) => block.Language == "bash" && block.Text.StartsWith(Curl, StringComparison.Ordinal);

    private static DocExample Read(FencedBlock request, FencedBlock answer)
    {
        var parts = answer.Text.Split("\n\n", 2);
        var status = parts[0].Split(' ');
        if (status.Length < 2 || status[0] != "HTTP/1.1" || !int.TryParse(status[1], NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            throw new FormatException($"Line {answer.Line}: an answer begins with HTTP/1.1 and a status.");

        try
        {
            return new(request.Line, CurlCommand.Parse(request.Text), code, parts.Length == 1 ? default : JsonElement.Parse(parts[1]));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new FormatException($"Lines {request.Line} to {answer.Line}: {e.Message}", e);
        }
    }
}
