namespace RabbitDemo.Tests.Docs;

/// <summary>A page of <c>docs/</c>, as it is in the source tree.</summary>
internal sealed record DocPage(string Text)
{
    private const string RunCommand = "dotnet run --project RabbitDemo.AppHost -- ";

    public IReadOnlyList<DocExample> Examples { get; } = DocExample.ReadAll(Text);

    /// <summary>The arguments of the command by which the page has its reader start the system.</summary>
    public string[] Settings { get; } = [.. FencedBlock.ReadAll(Text)
        .Where(b => b.Language == "bash" && b.Text.StartsWith(RunCommand, StringComparison.Ordinal))
        .SelectMany(b => CurlCommand.Words(b.Text[RunCommand.Length..]))];

    public string Json { get; } = FencedBlock.ReadAll(Text).First(b => b.Language == "json").Text;

    public static DocPage Read(string name) => new(TextOf(Path.Combine("docs", name)));

    /// <param name="file">Its path from where the solution is.</param>
    public static string TextOf(string file)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "RabbitDemo.sln")))
            directory = directory.Parent;

        return File.ReadAllText(Path.Combine(directory?.FullName ?? "", file));
    }
}
