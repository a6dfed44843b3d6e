using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using RabbitDemo.Consumer;
using RabbitDemo.Lab;
using RabbitDemo.Messaging;
using RabbitDemo.Producer;
using RabbitDemo.ServiceDefaults;
using RabbitDemo.Tests.Consumer;
using RabbitDemo.Tests.Producer;

namespace RabbitDemo.Tests.Docs;

/// <summary>The tables of the README have all that there is.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = DocPage.TextOf("README.md");

    [Fact]
    public async Task NamesEveryEndpoint()
    {
        using var outbox = new OutboxUnderTest();
        await using var producer = await outbox.StartAsync();
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var endpoints = (await EndpointsAsync(producer.Client)).Concat(await EndpointsAsync(consumer.Client)).ToArray();

        Assert.NotEmpty(endpoints);
        Assert.DoesNotContain(endpoints, e => !Says($"{e.Method} {e.Path}") && !Says($"…/{e.Path.Split('/')[^1]}"));
    }

    [Fact]
    public void NamesEverySetting()
    {
        var settings = new[] { typeof(Topology), typeof(ProducerApp), typeof(ConsumerApp), typeof(LabApp) }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.IsSealed && !type.IsAbstract && type.GetField("Section") is { IsLiteral: true })
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.CanWrite && property.Name != "Queues")
                .Select(property => (Section: type.GetField("Section")?.GetRawConstantValue(), property.Name)))
            .ToArray();

        Assert.NotEmpty(settings);
        Assert.DoesNotContain(settings, s => !Says($"{s.Section}:{s.Name}") && !Says($":{s.Name}"));
        Assert.True(Says("RabbitDemo:Topology:Defaults"));
    }

    [Fact]
    public void NamesWhatStandsDirectlyInTheSectionOfAllServices() =>
        Assert.Equal(RootSettings.Names, NameInSection().Matches(Readme).Select(match => match.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal));

    private static bool Says(string text) => Readme.Contains($"`{text}`", StringComparison.Ordinal);

    private static async Task<(string Method, string Path)[]> EndpointsAsync(HttpClient service) =>
    [
        .. (await service.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (operation.Name.ToUpperInvariant(), path.Name)))
    ];

    [GeneratedRegex("`RabbitDemo:(?<name>[A-Za-z]+)")]
    private static partial Regex NameInSection();
}
