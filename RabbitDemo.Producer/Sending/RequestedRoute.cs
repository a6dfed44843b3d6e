using System.Text;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Sending;

/// <summary>Where a request asks its events to go: the query and the <c>X-Amqp-*</c> headers.</summary>
internal static class RequestedRoute
{
    /// <summary>AMQP's short strings: names, keys and header names.</summary>
    private const int MaxBytes = 255;

    private const string HeaderPrefix = "X-Amqp-";
    private const string DefaultQueue = "mensajes";

    /// <summary>Reads the route; where something is wrong with it, <paramref name="errors"/> says what.</summary>
    public static Route Read(HttpRequest request, string? exchange, string? routingKey, RequestErrors errors)
    {
        foreach (var (name, values) in request.Query)
        {
            if (values.Count != 1)
                errors.Add(name, $"{name} is there more than once.");
        }

        exchange ??= "";
        var key = routingKey ?? (exchange.Length == 0 ? DefaultQueue : "");
        if (Encoding.UTF8.GetByteCount(exchange) > MaxBytes)
            errors.Add("exchange", "exchange is at most 255 bytes of UTF-8.");
        if (Encoding.UTF8.GetByteCount(key) > MaxBytes)
            errors.Add("routingKey", "routingKey is at most 255 bytes of UTF-8.");
        return new(exchange, key, ReadHeaders(request.Headers, errors));
    }

    private static Dictionary<string, object?>? ReadHeaders(IHeaderDictionary headers, RequestErrors errors)
    {
        Dictionary<string, object?>? found = null;
        foreach (var (header, values) in headers)
        {
            if (!header.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
                continue;

            var name = header[HeaderPrefix.Length..].ToLowerInvariant();
            if (Refusal(name, values.Count) is { } refusal)
                errors.Add(header, refusal);
            else
                (found ??= [])[name] = values.ToString();
        }

        return found;
    }

    /// <summary>A header given twice has no one value that a binding could match; proxies join them in their own ways.</summary>
    private static string? Refusal(string name, int count) => name switch
    {
        "" => "The message header has no name.",
        _ when MessageHeaders.IsReserved(name) => $"{name} belongs to the broker, to the trace or to this system.",
        _ when Encoding.UTF8.GetByteCount(name) > MaxBytes => "The message header's name is at most 255 bytes.",
        _ when count != 1 => "The message header is there more than once.",
        _ => null
    };
}
