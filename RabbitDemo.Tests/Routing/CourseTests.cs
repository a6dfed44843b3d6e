using System.Net;
using RabbitDemo.AppHost;
using RabbitDemo.Tests.AppHost;

namespace RabbitDemo.Tests.Routing;

/// <summary>What the course's text shows, end to end: sent over HTTP, through the broker, stored by the services.</summary>
[Collection(AppHostCollection.Name)]
public sealed class CourseTests(CourseSystem system) : IClassFixture<CourseSystem>
{
    [CourseTheory]
    [InlineData("user.created", "un_nivel,varios_niveles")]
    [InlineData("user.created.eu", "varios_niveles")]
    [InlineData("user", "varios_niveles")] // the text says that # is one or more words
    public async Task FollowsTheTableOfPatterns(string key, string queues)
    {
        var (status, messageId, _) = await system.SendAsync($"?exchange=curso&routingKey={key}");

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(queues.Split(','), await system.StoredInAsync(messageId));
    }

    [CourseTheory]
    [InlineData("curso", "order.cancelled")]
    [InlineData("pagos", "payment.pending")]
    [InlineData("regiones", "")]
    public async Task TellsTheSenderThatNoQueueIsBound(string exchange, string key)
    {
        var (status, messageId, body) = await system.SendAsync($"?exchange={exchange}&routingKey={key}");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal((exchange, key), (body.GetProperty("exchange").GetString(), body.GetProperty("routingKey").GetString()));
        Assert.Empty(await system.StoredInAsync(messageId));
    }

    [CourseTheory]
    [InlineData("?exchange=mi_exchange&routingKey=user.created", null, "auditoria,user_events")]
    [InlineData("?exchange=mi_exchange&routingKey=order.created", null, "auditoria,order_events")]
    [InlineData("?exchange=logs&routingKey=whatever", null, "logs_alertas,logs_archivo")]
    [InlineData("?exchange=pagos&routingKey=payment.success", null, "pagos_confirmados")]
    [InlineData("?exchange=pagos&routingKey=payment.failed", null, "pagos_fallidos")]
    [InlineData("?exchange=regiones", "X-Amqp-Region: EU", "region_eu")]
    [InlineData("?exchange=regiones", "X-Amqp-region: US", "region_us")]
    [InlineData("", null, "mensajes")]
    public async Task ReachesTheQueuesOfTheUseCase(string query, string? header, string queues)
    {
        var (status, messageId, _) = await system.SendAsync(query, header);

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(queues.Split(','), await system.StoredInAsync(messageId));
    }

    [CourseTheory]
    [InlineData("?exchange=pagos&routingKey=%3Cscript%3E%07")]
    public async Task EscapesMarkupAndControlCharactersInAnAnswer(string query)
    {
        var (status, _, body) = await system.SendAsync(query);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("\\u003Cscript\\u003E\\u0007", body.GetRawText());
    }

    private sealed class CourseTheoryAttribute : TheoryAttribute
    {
        public CourseTheoryAttribute() =>
            Skip = ServerInstallation.Find() is null ? "Needs a RabbitMQ server: install rabbitmq-server." : null;
    }
}
