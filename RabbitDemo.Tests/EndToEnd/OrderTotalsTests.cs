using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;
using Microsoft.Data.Sqlite;
using RabbitDemo.Tests.AppHost;

namespace RabbitDemo.Tests.EndToEnd;

/// <summary>What <c>pedidos</c> counts beside its events: the demonstration of what happens once.</summary>
[Collection(AppHostCollection.Name)]
public sealed class OrderTotalsTests : IDisposable
{
    private readonly TemporaryDirectory data = new();

    public void Dispose() => data.Dispose();

    [InstalledServerFact]
    public async Task AreAsManyAsTheOrdersStoredWhenTheProcessDiesBeforeItsAcknowledgements()
    {
        const int Orders = 6;
        await using var started = await RunningSystem.StartAsync(data, "--Broker=process", "--RabbitDemo:Handling:Delay=00:00:00", "--RabbitDemo:Receiver:Prefetch=3");
        var system = await started.HealthyAsync("producer", "pedidos");
        using var pedidos = system.Application.CreateHttpClient("pedidos");
        using var faults = await pedidos.PutAsJsonAsync("/faults", new { crashBeforeAcks = 1 });
        Assert.Equal(HttpStatusCode.OK, faults.StatusCode);

        for (var i = 1; i <= Orders; i++)
        {
            using var response = await system.SendAsync(
                $$$"""{"id": {{{i}}}, "tipo": "pedido.{{{i % 2}}}", "payload": {}}""", "?exchange=mi_exchange&routingKey=order.created");
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        await system.StartAgainAsync("pedidos");
        var stored = await Eventually.GetAsync("all orders are stored", RunningSystem.Soon, async () => await MessagesAsync(pedidos), m => m.Length == Orders);
        var duplicates = await Eventually.GetAsync("what was not acknowledged came again", RunningSystem.Soon, async () =>
            (await pedidos.GetFromJsonAsync<JsonElement>("/ledger")).GetProperty("process").GetProperty("deliveries").GetProperty("duplicates").GetInt64(), n => n > 0);

        Assert.Equal(Orders, stored.Length);
        Assert.True(duplicates > 0);
        Assert.Equal([("pedido.0", 3L), ("pedido.1", 3L)], await TotalsAsync());
    }

    private static async Task<JsonElement[]> MessagesAsync(HttpClient pedidos)
    {
        try
        {
            return await pedidos.GetFromJsonAsync<JsonElement[]>("/messages") ?? [];
        }
        catch (HttpRequestException)
        {
            return []; // it has just been started again
        }
    }

    private async Task<List<(string, long)>> TotalsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(data.Path, "pedidos.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT tipo, events FROM order_totals ORDER BY tipo";
        await using var reader = await command.ExecuteReaderAsync();
        var totals = new List<(string, long)>();
        while (await reader.ReadAsync())
            totals.Add((reader.GetString(0), reader.GetInt64(1)));

        return totals;
    }
}
