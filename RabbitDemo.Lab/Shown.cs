using System.Globalization;
using System.Text;

namespace RabbitDemo.Lab;

/// <summary>How text from events, keys and headers is shown: as text, of a bounded length, with nothing in it invisible.</summary>
internal static class Shown
{
    private const int Usual = 300;

    /// <summary>Control characters, and those that turn the direction of text around, are written out; what is over the limit is counted.</summary>
    public static string Text(string? text, int most = Usual)
    {
        if (string.IsNullOrEmpty(text))
            return "";

        var shown = new StringBuilder(Math.Min(text.Length, most) + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= most)
                return shown.Append(CultureInfo.InvariantCulture, $"… ({text.Length:N0})").ToString();

            if (rune.Value is '\n' or '\t')
                shown.Append(rune);
            else if (IsInvisible(Rune.GetUnicodeCategory(rune)))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else
                shown.Append(rune);
        }

        return shown.ToString();
    }

    /// <summary>Local to the machine that the lab runs on, to the millisecond.</summary>
    public static string Time(DateTimeOffset? at) =>
        at?.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "";

    public static string Moment(DateTimeOffset? at) =>
        at?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    /// <summary>In the unit that suits it. One that is negative is of two clocks that differ.</summary>
    public static string Span(TimeSpan span) => span.TotalMilliseconds switch
    {
        < 0 => $"-{Span(span.Duration())}",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMicroseconds:0} µs"),
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.#} ms"),
        < 120_000 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.##} s"),
        < 7_200_000 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h")
    };

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>With the first digits of the commit that it was built from.</summary>
    public static string Version(string version) =>
        version.IndexOf('+', StringComparison.Ordinal) is var cut and >= 0 ? Text(version[..Math.Min(version.Length, cut + 9)]) : Text(version, 40);

    /// <summary>The last part of an instance's name, which tells replicas apart.</summary>
    public static string Instance(string instance) => instance.Split(':')[^1] is { Length: > 0 } part && part != instance ? $"#{part}" : instance;

    private static bool IsInvisible(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
