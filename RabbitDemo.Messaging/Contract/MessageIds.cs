using System.Buffers;

namespace RabbitDemo.Messaging;

/// <summary>The <c>message_id</c> of an event: a UUID version 7 of ours, or the client's own <c>Idempotency-Key</c>.</summary>
public static class MessageIds
{
    /// <summary>The longest id that the producer takes, in characters.</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-");

    public static string New(TimeProvider clock) => Guid.CreateVersion7(clock.GetUtcNow()).ToString();

    /// <summary>
    /// True for 1 to 128 of <c>A-Z a-z 0-9 . _ ~ -</c>, but for <c>.</c> and <c>..</c>: however it is written, an address ending in one
    /// of these is another address, and nobody could ask what became of the message.
    /// </summary>
    public static bool IsValid(string? id) => id is { Length: >= 1 and <= MaxLength } and not ("." or "..") && !id.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>
    /// What a consumer takes as an identity from a foreign client: any text without control characters, of 1 to 255 bytes of UTF-8,
    /// as AMQP allows. Only an id that was no UTF-8 can be longer.
    /// </summary>
    public static bool IsUsable(string? id) =>
        id is { Length: >= 1 } && Utf8Limit.IsWithin(id, Utf8Limit.ShortString) && !id.Any(char.IsControl);
}
