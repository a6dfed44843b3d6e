namespace RabbitDemo.Consumer.Messages;

/// <summary>Some events in the order of storing.</summary>
/// <param name="Events">Empty only when there are none.</param>
/// <param name="IsFull">It ended at its limit, in number or in bytes: there may be more.</param>
internal sealed record MessagePage(List<StoredMessage> Events, bool IsFull);
