using System.Text.Json;
using System.Text.Json.Serialization;

namespace RabbitDemo.ServiceDefaults;

/// <summary>The body of <c>/health</c> in development.</summary>
internal sealed record HealthReasons(string Status, IReadOnlyDictionary<string, HealthReason> Checks);

internal sealed record HealthReason(string Status, string? Reason);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(HealthReasons))]
internal sealed partial class HealthJson : JsonSerializerContext;
