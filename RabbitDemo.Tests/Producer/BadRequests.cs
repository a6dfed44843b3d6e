using System.Net;

namespace RabbitDemo.Tests.Producer;

/// <summary>Requests that are refused, each with what the refusal names.</summary>
public static class BadRequests
{
    /// <summary>The body of an event that nothing is wrong with.</summary>
    public const string Good = """{"id":1,"tipo":"registro","payload":{"usuario":"admin"}}""";

    /// <summary>A body, and the members that are named.</summary>
    public static TheoryData<string, string> Bodies => new()
    {
        { "", "$" },
        { "hola", "$" },
        { "{", "$" },
        { "\"texto\"", "$" },
        { "[]", "$" },
        { "null", "$" },
        { Good + Good, "$" },
        { "{}", "id,payload,tipo" },
        { """{"id":"1","tipo":"a","payload":{}}""", "id" },
        { """{"id":1.5,"tipo":"a","payload":{}}""", "id" },
        { """{"id":9223372036854775808,"tipo":"a","payload":{}}""", "id" },
        { """{"id":true,"tipo":"a","payload":{}}""", "id" },
        { """{"id":1,"tipo":1,"payload":{}}""", "tipo" },
        { """{"id":1,"tipo":null,"payload":{}}""", "tipo" },
        { """{"id":1,"tipo":"","payload":{}}""", "tipo" },
        { """{"id":1,"tipo":"a\nb","payload":{}}""", "tipo" },
        { $$$"""{"id":1,"tipo":"{{{new string('t', 300)}}}","payload":{}}""", "tipo" },
        { """{"id":1,"tipo":"a","payload":[]}""", "payload" },
        { """{"id":1,"tipo":"a","payload":"{}"}""", "payload" },
        { """{"id":1,"tipo":"a","payload":{},"extra":0}""", "extra" },
        { """{"id":1,"id":2,"tipo":"a","payload":{}}""", "id" },
        { """{"id":1,"tipo":"a","payload":{},"\ud800":0}""", "?" },
        { """{"id":"1","tipo":"","payload":[],"<b>":0}""", "<b>,id,payload,tipo" }
    };

    /// <summary>A query, its status, and the parameters that are named.</summary>
    public static TheoryData<string, HttpStatusCode, string> Queries => new()
    {
        { "?exchange=no_hay", HttpStatusCode.NotFound, "" },
        { "?exchange=no_hay&routingKey=mensajes", HttpStatusCode.NotFound, "" },
        { "?exchange=amq.topic&routingKey=a", HttpStatusCode.NotFound, "" },
        { "?exchange=MI_EXCHANGE&routingKey=user.created", HttpStatusCode.NotFound, "" },
        { "?routingKey=no_hay", HttpStatusCode.UnprocessableEntity, "" },
        { "?routingKey=mensajes.dead", HttpStatusCode.UnprocessableEntity, "" },
        { "?routingKey=", HttpStatusCode.UnprocessableEntity, "" },
        { "?exchange=logs&exchange=pagos", HttpStatusCode.BadRequest, "exchange" },
        { "?exchange=logs&routing_key=a", HttpStatusCode.BadRequest, "routing_key" },
        { "?exchange=mi_exchange&routingKey=" + new string('k', 256), HttpStatusCode.BadRequest, "routingKey" },
        { "?exchange=mi_exchange&routingKey=" + string.Concat(Enumerable.Repeat("%C3%B1", 128)), HttpStatusCode.BadRequest, "routingKey" },
        { "?exchange=" + new string('e', 256), HttpStatusCode.BadRequest, "exchange" }
    };

    /// <summary>A header's name and its value.</summary>
    public static TheoryData<string, string> Headers => new()
    {
        { "Idempotency-Key", "" },
        { "Idempotency-Key", "con espacio" },
        { "Idempotency-Key", "\"quoted\"" },
        { "Idempotency-Key", "a,b" },
        { "Idempotency-Key", "." },
        { "Idempotency-Key", ".." },
        { "Idempotency-Key", new string('k', 129) },
        { "X-Amqp-CC", "otra" },
        { "X-Amqp-Bcc", "otra" },
        { "X-Amqp-x-match", "all" },
        { "X-Amqp-X-Death", "1" },
        { "X-Amqp-traceparent", "00-1-1-00" },
        { "X-Amqp-TraceState", "a=b" },
        { "X-Amqp-baggage", "a=b" },
        { "X-Amqp-RabbitDemo-Seq", "1" },
        { "X-Amqp-", "sin nombre" },
        { "X-Amqp-" + new string('n', 256), "1" }
    };
}
