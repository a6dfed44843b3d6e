using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RabbitDemo.Consumer.Store;

/// <summary>
/// A dead letter's headers as JSON text. A redrive must publish the same AMQP values, so a value that JSON would change is kept as
/// an object that names its type: <c>{"bytes": "base64"}</c>, <c>{"double": "1.5"}</c>.
/// </summary>
internal static class LetterHeaders
{
    public static string Write(IReadOnlyDictionary<string, object?> headers)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in headers)
            {
                json.WritePropertyName(StoredText.Clean(name));
                WriteValue(json, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    public static Dictionary<string, object?> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(h => h.Name, h => ReadValue(h.Value));
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(StoredText.Clean(text)); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case byte or sbyte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case float or double:
                WriteTyped(json, "double", Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes: WriteTyped(json, "bytes", Convert.ToBase64String(bytes)); break;
            default: json.WriteStringValue(StoredText.Clean(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")); break;
        }
    }

    private static void WriteTyped(Utf8JsonWriter json, string type, string value)
    {
        json.WriteStartObject();
        json.WriteString(type, value);
        json.WriteEndObject();
    }

    private static object? ReadValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.Object when value.TryGetProperty("bytes", out var bytes) => bytes.GetBytesFromBase64(),
        JsonValueKind.Object when value.TryGetProperty("double", out var number) =>
            double.Parse(number.GetString() ?? "", CultureInfo.InvariantCulture),
        _ => null
    };
}
