using RabbitDemo.Messaging;

namespace RabbitDemo.Lab.Routing;

/// <summary>A binding of the copy, as it is being edited.</summary>
public sealed class DraftBinding
{
    private const char Between = ';';

    public string Exchange { get; set; } = "";

    /// <summary>A queue's name, or <c>→</c> and an exchange's.</summary>
    public string Destination { get; set; } = "";

    public string RoutingKey { get; set; } = "";

    /// <summary><c>x-match=all; region=EU; paid</c>: a name without a value asks only that the header is there.</summary>
    public string Arguments { get; set; } = "";

    public static string ToExchange(string exchange) => $"→{exchange}";

    public static DraftBinding Of(Binding binding) => new()
    {
        Exchange = binding.Exchange,
        Destination = binding.ToExchange ? ToExchange(binding.Destination) : binding.Destination,
        RoutingKey = binding.RoutingKey,
        Arguments = string.Join($"{Between} ", (binding.Arguments ?? new Dictionary<string, object?>()).Select(a => a.Value is null ? a.Key : $"{a.Key}={a.Value}"))
    };

    public Binding ToBinding() => new(
        Exchange,
        Destination.TrimStart('→'),
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
            (read ??= [])[cut < 0 ? part : part[..cut].TrimEnd()] = cut < 0 ? null : part[(cut + 1)..].TrimStart();
        }

        return read;
    }
}
