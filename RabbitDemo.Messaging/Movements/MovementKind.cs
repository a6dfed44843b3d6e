using System.Text.Json.Serialization;

namespace RabbitDemo.Messaging;

/// <summary>A moment in a message's life, as the process that saw it tells.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MovementKind>))]
public enum MovementKind
{
    /// <summary>The broker confirmed it: it is in each of the queues.</summary>
    [JsonStringEnumMemberName("published")]
    Published,

    /// <summary>No queue was bound.</summary>
    [JsonStringEnumMemberName("returned")]
    Returned,

    /// <summary>Not sent, or not taken, or of unknown outcome: not promised.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>The broker handed it to a consumer, which holds it unacknowledged.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,

    /// <summary>Handled and stored: acknowledged.</summary>
    [JsonStringEnumMemberName("stored")]
    Stored,

    /// <summary>It was settled before: acknowledged.</summary>
    [JsonStringEnumMemberName("duplicate")]
    Duplicate,

    /// <summary>An attempt failed: it waits in a retry queue.</summary>
    [JsonStringEnumMemberName("retried")]
    Retried,

    /// <summary>It is given up, and on its way to the dead letters.</summary>
    [JsonStringEnumMemberName("dead")]
    Dead,

    /// <summary>A dead letter was sent to its queue again.</summary>
    [JsonStringEnumMemberName("redriven")]
    Redriven
}
