using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RabbitDemo.Messaging;

/// <summary>
/// Writes JSON as somebody sent it, without the white space between its tokens. The serializer's own way would look into it, and refuse
/// an escaped half of a surrogate pair, which is valid JSON, and what is nested as deep as may be sent once it stands in a list.
/// </summary>
public sealed class JsonAsItIs : JsonConverter<JsonElement>
{
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonElement.ParseValue(ref reader);

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) =>
        EventoJson.WriteCompact(writer, JsonMarshal.GetRawUtf8Value(value));
}
