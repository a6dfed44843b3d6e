namespace RabbitDemo.Messaging;

/// <summary>
/// What a handler threw, in one line for people: its type and message, then those of what caused it, at most four of them and 2 KB of
/// UTF-8. It is shown to whoever sees dead letters: the stack is for operators, in the log and the span.
/// </summary>
internal static class ErrorLine
{
    private const string CausedBy = " → ";
    private const int CausedByBytes = 5;
    private const int Most = 4;

    public static string Of(Exception thrown)
    {
        string[] levels = [.. Levels(thrown).Take(Most)];

        // A share each: a cause is not lost behind the length of what it caused.
        var share = ((Republication.MaxErrorBytes + CausedByBytes) / levels.Length) - CausedByBytes;
        return string.Join(CausedBy, levels.Select(level => Utf8Limit.Cut(level, share)));
    }

    private static IEnumerable<string> Levels(Exception thrown)
    {
        for (var e = thrown; e is not null; e = e.InnerException)
        {
            if (e is not AggregateException { InnerException: not null } several)
            {
                yield return Level(e);
            }
            else if (several.Flatten().InnerExceptions is { Count: > 1 } all)
            {
                yield return $"{several.GetType().Name} of {all.Count}: {string.Join("; ", all.Take(Most).Select(Level))}";
                yield break;
            }

            // One around a single exception says no more than that one.
        }
    }

    private static string Level(Exception e) => $"{e.GetType().Name}: {e.Message}".ReplaceLineEndings(" ");
}
