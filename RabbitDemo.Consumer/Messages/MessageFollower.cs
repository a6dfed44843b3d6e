using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Messages;

/// <summary>Reads the events that fit as they are stored, each once, in the order of storing.</summary>
internal sealed class MessageFollower(MessageQueries messages, MessageFilter filter, long start, int pageSize)
{
    /// <summary>All that fit up to here have been read.</summary>
    public long Cursor { get; private set; } = start;

    /// <summary>The next ones; a page that is not full when there are no more now. A store that is away for a while has nothing new.</summary>
    public async Task<MessagePage> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Events become visible in the order of their cursors: after a page that is not full, all up to this one have been looked at.
            var newest = await messages.NewestAsync(cancellationToken);
            var page = await messages.PageAsync(filter, Cursor, pageSize, cancellationToken);
            Cursor = Math.Max(page.Events is [.., var last] ? last.Cursor : Cursor, page.IsFull ? 0 : newest);
            return page;
        }
        catch (Exception e) when (e is InboxUnavailableException or OperationCanceledException)
        {
            return new MessagePage([], IsFull: false);
        }
    }
}
