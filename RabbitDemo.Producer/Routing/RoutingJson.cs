using System.Text.Json;
using System.Text.Json.Serialization;

namespace RabbitDemo.Producer.Routing;

/// <summary>Texts, integers and booleans are what header conditions hold.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TopologyAnswer))]
[JsonSerializable(typeof(RouteAnswer))]
[JsonSerializable(typeof(RouteQuestion))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(bool))]
internal sealed partial class RoutingJson : JsonSerializerContext;
