using System.Text.Json.Serialization;

namespace RabbitDemo.Producer.Outbox;

/// <summary>Where in the outbox an event is that the broker does not have yet.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutboxPlace>))]
internal enum OutboxPlace
{
    /// <summary>It will be published when its turn comes.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>No queue would get it: it waits for an operator.</summary>
    [JsonStringEnumMemberName("parked")]
    Parked
}
