using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using RabbitDemo.Consumer.DeadLetters;
using RabbitDemo.Consumer.Faults;
using RabbitDemo.Consumer.Ledger;
using RabbitDemo.Consumer.Messages;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer;

/// <summary>Every body that this service reads or writes.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(List<StoredMessage>))]
[JsonSerializable(typeof(SseItem<StoredMessage>))]
[JsonSerializable(typeof(MessageHistory))]
[JsonSerializable(typeof(List<FoundMessage>))]
[JsonSerializable(typeof(QueueState[]))]
[JsonSerializable(typeof(List<DeadLetterEntry>))]
[JsonSerializable(typeof(RedriveRequest))]
[JsonSerializable(typeof(RedriveResult))]
[JsonSerializable(typeof(DiscardResult))]
[JsonSerializable(typeof(ServiceLedger))]
[JsonSerializable(typeof(IReadOnlyList<AcceptedEvent>))]
[JsonSerializable(typeof(AuditReport))]
[JsonSerializable(typeof(FaultPlan))]
[JsonSerializable(typeof(string))]
internal sealed partial class ConsumerJson : JsonSerializerContext;
