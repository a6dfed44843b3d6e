using System.Text.Json.Serialization;

namespace RabbitDemo.Messaging;

/// <summary>Where the broker takes a message, and why.</summary>
/// <param name="Queues">The queues that get one copy each, in the order in which they were reached; empty when it is unroutable.</param>
/// <param name="Steps">Every rule that was looked at, matched or not.</param>
public sealed record RouteResult(IReadOnlyList<string> Queues, IReadOnlyList<RouteStep> Steps);

/// <param name="Rule">What kind of rule it is.</param>
/// <param name="Path">The exchanges that the message came through, the one it was published to first; the rule belongs to the last.</param>
/// <param name="Destination">The queue or exchange that the rule leads to.</param>
/// <param name="ToExchange">The destination is an exchange.</param>
/// <param name="RoutingKey">The binding's key or pattern; empty where it has none.</param>
/// <param name="Arguments">A headers binding's conditions; null for none.</param>
/// <param name="Matched">The rule took the message.</param>
/// <param name="Reason">Why it did or did not, for people.</param>
public sealed record RouteStep(
    RouteRule Rule,
    IReadOnlyList<string> Path,
    string Destination,
    bool ToExchange,
    string RoutingKey,
    IReadOnlyDictionary<string, object?>? Arguments,
    bool Matched,
    string Reason);

[JsonConverter(typeof(JsonStringEnumConverter<RouteRule>))]
public enum RouteRule
{
    /// <summary>A binding of the exchange.</summary>
    [JsonStringEnumMemberName("binding")]
    Binding,

    /// <summary>The exchange's alternate: used only when none of its own bindings matched.</summary>
    [JsonStringEnumMemberName("alternateExchange")]
    AlternateExchange,

    /// <summary>The default exchange: every queue is reached under its own name.</summary>
    [JsonStringEnumMemberName("defaultExchange")]
    DefaultExchange
}
