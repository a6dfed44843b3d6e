using System.Globalization;
using RabbitDemo.Messaging;

namespace RabbitDemo.Lab.Routing;

/// <summary>A binding of the copy, as it is being edited.</summary>
public sealed class DraftBinding
{
    private const char Between = ';';
    private const string Integer = "integer ";
    private const string Boolean = "boolean ";

    public string Exchange { get; set; } = "";

    /// <summary>A queue's name, or <c>→</c> and an exchange's.</summary>
    public string Destination { get; set; } = "";

    public string RoutingKey { get; set; } = "";

    /// <summary>
    /// <c>x-match=all; region=EU; paid</c>: a name without a value asks only that the header is there. Values are texts, as the
    /// headers of <c>POST /send</c> are; one of another kind says so: <c>size=integer 5; vip=boolean true</c>.
    /// </summary>
    public string Arguments { get; set; } = "";

    public static string ToExchange(string exchange) => $"→{exchange}";

    public static DraftBinding Of(Binding binding) => new()
    {
        Exchange = binding.Exchange,
        Destination = binding.ToExchange ? ToExchange(binding.Destination) : binding.Destination,
        RoutingKey = binding.RoutingKey,
        Arguments = string.Join($"{Between} ", (binding.Arguments ?? new Dictionary<string, object?>()).Select(Write))
    };

    public Binding ToBinding() => new(
        Exchange,
        Destination.StartsWith('→') ? Destination[1..] : Destination,
        RoutingKey,
        Read(Arguments),
        ToExchange: Destination.StartsWith('→'));

    /// <summary>Null for none; of a name that is there twice, the last.</summary>
    public static Dictionary<string, object?>? Read(string arguments)
    {
        Dictionary<string, object?>? read = null;
        foreach (var part in arguments.Split(Between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var cut = part.IndexOf('=', StringComparison.Ordinal);
            (read ??= [])[cut < 0 ? part : part[..cut].TrimEnd()] = cut < 0 ? null : ReadValue(part[(cut + 1)..].TrimStart());
        }

        return read;
    }

    private static string Write(KeyValuePair<string, object?> argument) => argument.Value switch
    {
        null => argument.Key,
        string text => $"{argument.Key}={text}",
        bool flag => $"{argument.Key}={Boolean}{(flag ? "true" : "false")}",
        var number => string.Create(CultureInfo.InvariantCulture, $"{argument.Key}={Integer}{number}")
    };

    private static object ReadValue(string text)
    {
        if (text.StartsWith(Integer, StringComparison.Ordinal) && long.TryParse(text.AsSpan(Integer.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;

        return text.StartsWith(Boolean, StringComparison.Ordinal) && bool.TryParse(text.AsSpan(Boolean.Length), out var flag) ? flag : text;
    }
}
