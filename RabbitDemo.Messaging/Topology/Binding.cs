namespace RabbitDemo.Messaging;

/// <summary>A rule that copies messages from an exchange to a queue, or to another exchange.</summary>
/// <param name="Exchange">The source.</param>
/// <param name="Destination">A queue's name, or an exchange's when <paramref name="ToExchange"/> is set.</param>
/// <param name="RoutingKey">Key or pattern; empty for fanout and headers.</param>
/// <param name="Arguments">A headers binding's conditions, <c>x-match</c> among them; null for none.</param>
/// <param name="ToExchange">The destination is an exchange.</param>
public sealed record Binding(
    string Exchange,
    string Destination,
    string RoutingKey = "",
    IReadOnlyDictionary<string, object?>? Arguments = null,
    bool ToExchange = false);
