using System.Text;
using Microsoft.Extensions.Configuration;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Docs;

public sealed class AmqpPageTests
{
    private readonly DocPage english = DocPage.Read("amqp.md");
    private readonly DocPage spanish = DocPage.Read("amqp.es.md");

    [Fact]
    public void ShowsTheSameExamplesInBothLanguages()
    {
        Assert.Equal(english.Settings, spanish.Settings);
        Assert.Equal(english.Json, spanish.Json);
        Assert.Equal(english.Examples.Select(Describe), spanish.Examples.Select(Describe));
    }

    [Fact]
    public void ShowsTheSameSettingsOnTheCommandLineAndInJson()
    {
        var fromCommandLine = TopologyConfiguration.Build(new ConfigurationBuilder().AddCommandLine(english.Settings).Build());
        var fromJson = TopologyConfiguration.Build(
            new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(english.Json))).Build());

        Assert.Equal(fromJson.Queues, fromCommandLine.Queues);
        Assert.Equal(fromJson.Exchanges, fromCommandLine.Exchanges);
        Assert.Equal(fromJson.Bindings, fromCommandLine.Bindings);
    }

    private static string Describe(DocExample example) =>
        $"{example.Request.Method} {example.Request.Address} {string.Join(' ', example.Request.Headers)} {example.Request.Body} {example.Status} {example.Answer}";
}
