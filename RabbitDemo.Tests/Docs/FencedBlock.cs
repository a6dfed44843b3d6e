namespace RabbitDemo.Tests.Docs;

/// <summary>A code block of a Markdown page.</summary>
/// <param name="Line">The line of its first fence, from 1.</param>
/// <param name="Language">The word behind that fence.</param>
/// <param name="Text">What is between the fences, with <c>\n</c> between lines.</param>
internal sealed record FencedBlock(int Line, string Language, string Text)
{
    private const string Fence = "```";

    public static IEnumerable<FencedBlock> ReadAll(string markdown)
    {
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
                continue;

            var end = Array.IndexOf(lines, Fence, i + 1);
            if (end < 0)
                throw new FormatException($"Line {i + 1}: the block has no end.");

            yield return new(i + 1, lines[i][Fence.Length..].Trim(), string.Join('\n', lines[(i + 1)..end]));
            i = end;
        }
    }
}
