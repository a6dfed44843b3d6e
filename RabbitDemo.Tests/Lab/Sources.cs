namespace RabbitDemo.Tests.Lab;

/// <summary>Files of the source tree.</summary>
internal static class Sources
{
    public static string Root
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "RabbitDemo.sln")))
                directory = directory.Parent;

            return directory?.FullName ?? throw new InvalidOperationException("The tests do not run inside the source tree.");
        }
    }

    public static IEnumerable<(string Name, string Text)> All(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => (Path.GetFileName(file), File.ReadAllText(file)));
}
