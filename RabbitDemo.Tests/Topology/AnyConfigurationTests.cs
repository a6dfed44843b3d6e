using CsCheck;
using Microsoft.Extensions.Configuration;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using Xunit.Abstractions;

namespace RabbitDemo.Tests;

[Collection(SecondBrokerCollection.Name)]
public sealed class AnyConfigurationTests(TestBroker broker, ITestOutputHelper output)
{
    private const int Configurations = 100_000;
    private const int Declarations = 30;

    private static readonly string?[] Words =
    [
        null, "", " ", "a", "b", "logs", "mi_exchange", "mensajes", "a.dead", "a.retry.1", "amq.x", "#", "#.#.#", "true", "no", "-1",
        "direct", "fanout", "topic", "Headers", "all", "any", "any-with-x", "a\nb", "\u2028", "\ud800", "ñ", new('x', 201), new('x', 256)
    ];

    private static readonly string[] Members =
    [
        "Defaults", "Exchanges", "Queues", "Bindings", "Name", "Type", "AlternateExchange", "ReadBy", "Exchange", "Queue", "ToExchange",
        "RoutingKey", "Arguments", "Integer", "Boolean", "x-match", "x-a", "region", "0", "1", "a\nb", "\u2028", ""
    ];

    private static readonly Gen<string?> Text = Gen.Frequency((8, Gen.OneOf(Words)), (1, Gen.String.Select(s => (string?)s)));

    /// <summary>Anything under any key.</summary>
    private static readonly Gen<Dictionary<string, string?>> Garbage =
        Gen.Dictionary(Gen.OneOf(Members).Array[0, 5].Select(path => string.Join(':', path.Prepend(TopologyConfiguration.Section))), Text)[0, 12];

    /// <summary>The right members, mostly with values that fit, so that what lies behind the first check is reached too.</summary>
    private static readonly Gen<Dictionary<string, string?>> NearlyRight = Gen.Select(
        Item("Exchanges", ("Name", "x"), ("Type", "topic"), ("AlternateExchange", "logs")),
        Item("Queues", ("Name", "a"), ("ReadBy", "b")),
        Item("Queues", ("Name", "c"), ("ReadBy", "b")),
        Item("Bindings", ("Exchange", "x"), ("Queue", "a"), ("RoutingKey", "a.*")),
        Item("Bindings", ("Exchange", "regiones"), ("Queue", "mensajes"), ("Arguments:n:Integer", "5"), ("Arguments:x-match", "any-with-x"), ("Arguments:region", "EU")),
        Item("Bindings", ("Exchange", "logs"), ("ToExchange", "x")),
        (a, b, c, d, e, f) => a.Concat(b).Concat(c).Concat(d).Concat(e).Concat(f).ToDictionary());

    [Fact]
    public void IsReadOrRefusedInOneLineThatNamesItsKey()
    {
        var (read, refused) = (0, 0);

        Gen.OneOf(Garbage, NearlyRight).Sample(
            settings =>
            {
                try
                {
                    TopologyConfiguration.Build(Configuration(settings));
                    Interlocked.Increment(ref read);
                }
                catch (SettingException e)
                {
                    Assert.Contains(TopologyConfiguration.Section, e.Message);
                    Assert.DoesNotContain(e.Message, c => char.IsControl(c) || c is '\u2028' or '\u2029');
                    Interlocked.Increment(ref refused);
                }
            },
            iter: Configurations);

        output.WriteLine($"{read} read, {refused} refused");
        Assert.True(read > Configurations / 10 && refused > Configurations / 10);
    }

    [BrokerFact]
    public async Task IsDeclaredByTheBrokerAsItIsWhenItIsRead()
    {
        var declared = 0;

        await NearlyRight.Where(IsRead).SampleAsync(
            async settings =>
            {
                await using var virtualHost = await broker.CreateVirtualHostAsync();
                await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);

                var problems = await new TopologyDeclarer(TopologyConfiguration.Build(Configuration(settings)), new QueueOptions(), TimeProvider.System)
                    .DeclareAsync(connection, ownQueues: [], CancellationToken.None);

                Assert.Empty(problems);
                declared++;
            },
            iter: Declarations,
            threads: 1);

        Assert.Equal(Declarations, declared);
    }

    private static bool IsRead(Dictionary<string, string?> settings)
    {
        try
        {
            return TopologyConfiguration.Build(Configuration(settings)).Bindings.Count > Topology.Default.Bindings.Count;
        }
        catch (SettingException)
        {
            return false;
        }
    }

    private static IConfigurationRoot Configuration(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    /// <summary>One entry of a list, or none; of a member that is given twice the last that is taken counts.</summary>
    private static Gen<Dictionary<string, string?>> Item(string list, params (string Member, string Value)[] members) =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 39].Array[members.Length], Text, (there, dice, text) =>
        {
            var item = new Dictionary<string, string?>();
            var key = $"{TopologyConfiguration.Section}:{list}:{string.Join('-', members.Select(m => m.Value))}";
            for (var i = 0; i < members.Length && there > 0; i++)
            {
                if (dice[i] > 0)
                    item[$"{key}:{members[i].Member}"] = dice[i] == 1 ? text : members[i].Value;
            }

            return item;
        });
}
