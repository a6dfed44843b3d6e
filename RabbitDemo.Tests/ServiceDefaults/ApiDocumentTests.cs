using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using RabbitDemo.ServiceDefaults;
using RabbitDemo.Tests.Consumer;
using RabbitDemo.Tests.Producer;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>What every endpoint of every service can be answered before its handler runs, and to a wrong question, its document says.</summary>
public sealed partial class ApiDocumentTests
{
    [Fact]
    public async Task SaysHowTheProducerRefuses()
    {
        using var outbox = new OutboxUnderTest();
        await using var producer = await outbox.StartAsync();

        AssertSays(await producer.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json"), producer.Endpoints);
    }

    [Fact]
    public async Task SaysHowAConsumerRefuses()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        AssertSays(await consumer.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json"), consumer.Endpoints);
    }

    [Fact]
    public async Task SaysHowTheProducerAnswersAWrongQuestion()
    {
        using var outbox = new OutboxUnderTest();
        await using var producer = await outbox.StartAsync();

        Assert.Empty(await WrongQuestions.BadAnswersAsync(producer.Client));
    }

    [Fact]
    public async Task SaysHowAConsumerAnswersAWrongQuestion()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        Assert.Empty(await WrongQuestions.BadAnswersAsync(consumer.Client));
    }

    [Fact]
    public async Task DeclaresEachParameterOfAPath()
    {
        using var outbox = new OutboxUnderTest();
        await using var producer = await outbox.StartAsync();
        await using var consumer = await ConsumerUnderTest.StartAsync();

        Operation[] operations = [.. await Operations.ReadAsync(producer.Client), .. await Operations.ReadAsync(consumer.Client)];
        var undeclared = operations.Where(operation => !operation.InPath.Order().SequenceEqual(operation.DeclaredInPath.Order()));

        Assert.Contains(operations, operation => operation.InPath.Length > 0);
        Assert.Empty(undeclared.Select(operation => operation.ToString()));
    }

    private static void AssertSays(JsonElement document, IReadOnlyList<Endpoint> endpoints)
    {
        var keyed = endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<AccessKey>() is not null).ToArray();
        var missing = keyed.SelectMany(endpoint => Refusals(endpoint).Except(Said(document, endpoint)).Select(status => $"{endpoint.DisplayName} lacks {status}"));

        Assert.NotEmpty(keyed);
        Assert.Empty(missing);
    }

    private static IEnumerable<string> Refusals(RouteEndpoint endpoint)
    {
        var takesBody = Method(endpoint) is "post" or "put" or "delete";
        string[] ofKey = endpoint.Metadata.GetMetadata<AccessKey>() is { Optional: true } ? ["401"] : ["401", "403"];
        string[] ofType = takesBody ? ["415"] : [];
        string[] ofSize = takesBody && endpoint.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is not { MaxRequestBodySize: null } ? ["413"] : [];
        return [.. ofKey, .. ofType, .. ofSize];
    }

    private static IEnumerable<string> Said(JsonElement document, RouteEndpoint endpoint) => document
        .GetProperty("paths").GetProperty(Constraint().Replace(endpoint.RoutePattern.RawText ?? "", ""))
        .GetProperty(Method(endpoint)).GetProperty("responses").EnumerateObject().Select(response => response.Name);

    private static string Method(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Single().ToLowerInvariant();

    [GeneratedRegex(":[^}]+")]
    private static partial Regex Constraint();
}
