using System.Globalization;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// A file that this process alone may use for as long as it holds the lock beside it. The system frees the lock of a process that
/// is killed.
/// </summary>
internal sealed class OutboxSlot : IDisposable
{
    private const int Most = 1_000;

    private readonly FileStream held;

    private OutboxSlot(string file, FileStream held) => (File, this.held) = (file, held);

    public string File { get; }

    /// <summary>The first free one of <c>name.0.db</c>, <c>name.1.db</c>…: a process that starts takes up the file of one that ended.</summary>
    /// <exception cref="SettingException">The folder cannot be used.</exception>
    public static OutboxSlot TakeFirstFree(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full) ?? "/");
            return Enumerable.Range(0, Most).Select(i => TryTake(Name(full, $"{i}"))).FirstOrDefault(slot => slot is not null)
                ?? throw new SettingException($"{OutboxOptions.Section}:Path is {path}: none of its {Most} files can be locked.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{OutboxOptions.Section}:Path is {path}: it must be a file that can be written: {e.Message}");
        }
    }

    /// <summary>Null when another process has it.</summary>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static OutboxSlot? TryTake(string file)
    {
        try
        {
            return new(file, new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The files of all processes that have, or had, one.</summary>
    /// <exception cref="SettingException">The folder cannot be listed.</exception>
    public static IReadOnlyList<string> All(string path)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? "/";
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(Name(full, "*"))).Where(IsSlot).Order()] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{OutboxOptions.Section}:Path is {path}: its folder must be one that can be listed: {e.Message}");
        }

        // Without an extension, the pattern is met by the locks and the database's own files beside it too.
        bool IsSlot(string file)
        {
            var (name, before, after) = (Path.GetFileName(file), Path.GetFileNameWithoutExtension(full).Length + 1, Path.GetExtension(full).Length);
            return name.Length > before + after && int.TryParse(name[before..^after], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        }
    }

    public void Dispose() => held.Dispose();

    private static string Name(string full, string number) =>
        Path.Combine(Path.GetDirectoryName(full) ?? "/", $"{Path.GetFileNameWithoutExtension(full)}.{number}{Path.GetExtension(full)}");
}
