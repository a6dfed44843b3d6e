using System.Text.Json;
using System.Text.Json.Serialization;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Batch;
using RabbitDemo.Producer.Outbox;
using RabbitDemo.Producer.Sending;
using RabbitDemo.Producer.Status;

namespace RabbitDemo.Producer;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Evento))]
[JsonSerializable(typeof(SendReceipt))]
[JsonSerializable(typeof(SendStatus))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(QueueState[]))]
[JsonSerializable(typeof(ParkedEntry[]))]
[JsonSerializable(typeof(RetryRequest))]
[JsonSerializable(typeof(RetryResult))]
[JsonSerializable(typeof(DeleteResult))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ProducerJson : JsonSerializerContext;
