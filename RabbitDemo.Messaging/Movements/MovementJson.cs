using System.Text.Json.Serialization;

namespace RabbitDemo.Messaging;

/// <summary>A batch on the wire, between processes of one system: a member that is missing makes it unreadable, one too many does not.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MovementBatch))]
internal sealed partial class MovementJson : JsonSerializerContext;
