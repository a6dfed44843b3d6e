using System.Text.Json.Serialization;

namespace RabbitDemo.Messaging;

/// <summary>
/// What a consumer knows of a message in one queue. It answers <c>GET /messages/{messageId}/state</c> with an array of these,
/// an empty one for a message that it knows nothing of; the producer asks it for <c>GET /send/{messageId}</c>.
/// </summary>
public sealed record QueueState(string Queue, MessageState State);

[JsonConverter(typeof(JsonStringEnumConverter<MessageState>))]
public enum MessageState
{
    /// <summary>Not sent to this queue, or still on its way.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>Handled, and kept.</summary>
    [JsonStringEnumMemberName("stored")]
    Stored,

    /// <summary>Given up: among the dead letters.</summary>
    [JsonStringEnumMemberName("dead")]
    Dead
}
