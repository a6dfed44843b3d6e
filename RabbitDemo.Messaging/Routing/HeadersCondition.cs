using System.Globalization;
using System.Text;

namespace RabbitDemo.Messaging;

/// <summary>The matching of headers exchanges: a binding's arguments against a message's headers.</summary>
/// <remarks>
/// As RabbitMQ does it from 3.10 to 4.3: names are case-sensitive; an argument without a value asks only that the header is there;
/// integers of all widths are equal by value; a string, an integer and a boolean are never equal to one another.
/// A fraction is the one place where versions differ (3.12 and older take 1.0 for 1; newer ones, and this, do not).
/// </remarks>
internal static class HeadersCondition
{
    public const string MatchArgument = "x-match";
    public const string All = "all";
    public const string Any = "any";
    public const string AllWithX = "all-with-x";
    public const string AnyWithX = "any-with-x";

    public const string IgnoredPrefix = "x-";
    private static readonly Dictionary<string, object?> None = [];

    public static BindingMatch Match(IReadOnlyDictionary<string, object?>? arguments, IReadOnlyDictionary<string, object?>? headers)
    {
        var mode = arguments?.GetValueOrDefault(MatchArgument) is { } given && Normal(given) is string text ? text : All;
        var withX = mode is AllWithX or AnyWithX;
        var conditions = (arguments ?? None)
            .Where(a => a.Key != MatchArgument && (withX || !a.Key.StartsWith(IgnoredPrefix, StringComparison.Ordinal)))
            .OrderBy(a => a.Key, StringComparer.Ordinal)
            .Select(a => Check(a.Key, a.Value, headers ?? None))
            .ToArray();

        return mode is Any or AnyWithX ? MatchAny(conditions, mode) : MatchAll(conditions, mode);
    }

    private static BindingMatch MatchAll(BindingMatch[] conditions, string mode)
    {
        if (conditions.Length == 0)
            return BindingMatch.Yes($"x-match {mode} without a condition takes every message.");

        var failed = Array.FindIndex(conditions, c => !c.Matched);
        return failed < 0
            ? BindingMatch.Yes($"x-match {mode}: {string.Join(", ", conditions.Select(c => c.Reason))}.")
            : BindingMatch.No($"x-match {mode}: {conditions[failed].Reason}.");
    }

    private static BindingMatch MatchAny(BindingMatch[] conditions, string mode)
    {
        if (conditions.Length == 0)
            return BindingMatch.No($"x-match {mode} without a condition takes no message.");

        var met = Array.FindIndex(conditions, c => c.Matched);
        return met >= 0
            ? BindingMatch.Yes($"x-match {mode}: {conditions[met].Reason}.")
            : BindingMatch.No($"x-match {mode}: {string.Join(", ", conditions.Select(c => c.Reason))}.");
    }

    private static BindingMatch Check(string name, object? wanted, IReadOnlyDictionary<string, object?> headers)
    {
        if (!headers.TryGetValue(name, out var header))
            return BindingMatch.No($"there is no header {name}");

        if (wanted is null)
            return BindingMatch.Yes($"{name} is there");

        return Equals(Normal(wanted), Normal(header))
            ? BindingMatch.Yes($"{name} is {Show(header)}")
            : BindingMatch.No($"{name} is {Show(header)}, not {Show(wanted)}");
    }

    /// <summary>The value as the broker compares it: its AMQP field type is forgotten, its kind of value is not.</summary>
    private static object? Normal(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        sbyte or byte or short or ushort or int or uint or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float single => (double)single,
        _ => value
    };

    private static string Show(object? value) => Normal(value) switch
    {
        null => "without a value",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => $"a {other.GetType().Name}"
    };
}
