using CsCheck;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Routing;

/// <summary>A topology and what is published to it. Names are short; <see cref="Named"/> makes them one run's own.</summary>
internal sealed record RoutingCase(Topology Topology, Publication[] Publications)
{
    public const int PublicationsEach = 100;

    private const int MostExchanges = 5;
    private const int MostQueues = 5;
    private const int MostBindings = 20;

    private static readonly Gen<string> KeyWord = Gen.OneOf("a", "b", "a", "b", "a", "b", "", "*", "#", "ñ", "a b");
    private static readonly Gen<string> Key = Gen.Frequency(
        (12, KeyWord.Array[0, 3].Select(words => string.Join('.', words))),
        (1, Gen.Const(new string('a', 255))));
    private static readonly Gen<string> Pattern = Gen.OneOf("a", "b", "*", "#", "", "a", "b", "*").Array[0, 3]
        .Where(words => words.Count(w => w == "#") <= 2) // RabbitMQ 4.3.5 and later allow no more
        .Select(words => string.Join('.', words));

    private static readonly Gen<string> HeaderName = Gen.OneOf("h", "i", "H", "x-h", "X-h", "x", "región");
    private static readonly Gen<object?> HeaderValue = Gen.OneOf<object?>(
        "1", "1", "2", "", "true", "ñ", "1"u8.ToArray(), null, true, false, 1L, 1, (byte)1, (short)2, 2L, -1, long.MaxValue);
    private static readonly Gen<Dictionary<string, object?>> Table = Gen.Dictionary(HeaderName, HeaderValue)[0, 4];
    private static readonly Gen<Dictionary<string, object?>?> Headers = Table.Select(t => t.Count == 0 ? null : t);
    private static readonly Gen<Dictionary<string, object?>> Arguments = Gen.Select(
        Gen.OneOf<string?>(null, "all", "any", "all-with-x", "any-with-x"),
        Gen.Dictionary(HeaderName, HeaderValue)[0, 3],
        (match, table) => match is null ? table : new Dictionary<string, object?>(table) { ["x-match"] = match });

    public static Gen<RoutingCase> Any { get; } = Gen.Select(Gen.Int[1, MostExchanges], Gen.Int[1, MostQueues])
        .SelectMany((exchanges, queues) => Gen.Select(
            Exchange(exchanges).Array[exchanges],
            Binding(exchanges, queues).Array[3, MostBindings],
            Publication(exchanges, queues).Array[PublicationsEach],
            (xs, bindings, publications) => new RoutingCase(
                new Topology(
                    [.. xs.Select((x, i) => x with { Name = $"x{i}" })],
                    [.. Enumerable.Range(0, queues).Select(i => new WorkQueue($"q{i}", "test"))],
                    bindings),
                publications)));

    /// <summary>The same case under names that begin with <paramref name="prefix"/>.</summary>
    public RoutingCase Named(string prefix) => new(
        new Topology(
            [.. Topology.Exchanges.Select(x => x with { Name = prefix + x.Name, AlternateExchange = x.AlternateExchange is { } a ? prefix + a : null })],
            [.. Topology.Queues.Select(q => q with { Name = prefix + q.Name })],
            [.. Topology.Bindings.Select(b => b with { Exchange = prefix + b.Exchange, Destination = prefix + b.Destination })]),
        [.. Publications.Select(p => p.Exchange.Length > 0 ? p with { Exchange = prefix + p.Exchange } : p with { RoutingKey = prefix + p.RoutingKey })]);

    private static Gen<Exchange> Exchange(int exchanges) => Gen.Select(
        Gen.Enum<ExchangeType>(),
        Gen.Int[-2 * exchanges, exchanges - 1],
        (type, alternate) => new Exchange("", type, alternate < 0 ? null : $"x{alternate}"));

    private static Gen<Binding> Binding(int exchanges, int queues) => Gen.Select(
        Gen.Int[0, exchanges - 1],
        Gen.Frequency((3, Gen.Int[0, queues - 1].Select(q => $"q{q}")), (1, Gen.Int[0, exchanges - 1].Select(x => $"x{x}"))),
        Pattern,
        Arguments,
        (source, destination, key, arguments) =>
            new Binding($"x{source}", destination, key, arguments, ToExchange: destination[0] == 'x'));

    private static Gen<Publication> Publication(int exchanges, int queues) => Gen.Frequency(
        (15, Gen.Select(Gen.Int[0, exchanges - 1], Key, Headers, (x, key, headers) => new Publication($"x{x}", key, headers))),
        (1, Gen.Select(Gen.Int[0, queues], Headers, (q, headers) => new Publication("", $"q{q}", headers)))); // one past the last: no such queue
}
