namespace RabbitDemo.Messaging;

/// <summary>
/// A setting that a service cannot start with. The message is the one line that the operator reads: it names the key, the
/// value (never a password) and what would be right.
/// </summary>
public sealed class SettingException(string message) : Exception(message)
{
    /// <summary>The rule that a name breaks which is none of <paramref name="names"/>.</summary>
    public static string NoSuch(IEnumerable<string> names, string what = "setting") => $"there is no such {what} here, only {string.Join(", ", names)}.";
}
