namespace RabbitDemo.Messaging;

/// <param name="Matched">The binding takes the message.</param>
/// <param name="Reason">Why, or why not.</param>
internal readonly record struct BindingMatch(bool Matched, string Reason)
{
    public static BindingMatch Yes(string reason) => new(true, reason);

    public static BindingMatch No(string reason) => new(false, reason);

    public static BindingMatch Direct(string bindingKey, string routingKey) =>
        string.Equals(bindingKey, routingKey, StringComparison.Ordinal)
            ? Yes("The keys are equal.")
            : No($"The key is \"{routingKey}\", not \"{bindingKey}\".");

    public static BindingMatch Fanout() => Yes("A fanout exchange copies every message to all that is bound; keys are ignored.");
}
