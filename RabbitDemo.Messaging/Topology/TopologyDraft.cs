namespace RabbitDemo.Messaging;

/// <summary>A topology that grows, and refuses what does not fit what is there.</summary>
internal sealed class TopologyDraft(Topology start)
{
    private const string RetryMark = ".retry.";
    private const string DeadMark = ".dead";

    private readonly List<Exchange> exchanges = [.. start.Exchanges];
    private readonly List<WorkQueue> queues = [.. start.Queues];
    private readonly List<Binding> bindings = [.. start.Bindings];
    private readonly List<(Exchange Exchange, SettingReader Setting)> addedExchanges = [];
    private readonly List<(WorkQueue Queue, SettingReader Setting)> addedQueues = [];

    public void Add(Exchange exchange, SettingReader setting)
    {
        if (exchanges.Find(e => e.Name == exchange.Name) is { } there)
        {
            if (there != exchange)
                throw setting.Refuse("Name", exchange.Name, $"there is such an exchange already, of type {Describe(there)}.");

            return;
        }

        exchanges.Add(exchange);
        addedExchanges.Add((exchange, setting));
    }

    public void Add(WorkQueue queue, SettingReader setting)
    {
        if (queues.Find(q => q.Name == queue.Name) is { } there)
        {
            if (there != queue)
                throw setting.Refuse("ReadBy", queue.ReadBy, $"queue {SettingReader.Show(queue.Name)} is read by {SettingReader.Show(there.ReadBy)} already.");

            return;
        }

        queues.Add(queue);
        addedQueues.Add((queue, setting));
    }

    /// <summary>What can only be seen when every exchange and queue is there.</summary>
    public void CheckNames()
    {
        foreach (var (exchange, setting) in addedExchanges)
        {
            if (exchange.AlternateExchange is { } alternate && exchanges.All(e => e.Name != alternate))
                throw setting.Refuse("AlternateExchange", alternate, "there is no such exchange.");
        }

        foreach (var (queue, setting) in addedQueues)
        {
            if (queues.Find(q => IsMadeFrom(q, queue.Name) || IsMadeFrom(queue, q.Name)) is { } other)
                throw setting.Refuse("Name", queue.Name, $"it and queue {SettingReader.Show(other.Name)} get in each other's way: a queue's name with .dead or .retry.N is kept for its dead and waiting messages.");
        }
    }

    public void Add(Binding binding, SettingReader setting)
    {
        if (exchanges.Find(e => e.Name == binding.Exchange) is not { } source)
            throw setting.Refuse("Exchange", binding.Exchange, "there is no such exchange.");

        if (binding.ToExchange && exchanges.All(e => e.Name != binding.Destination))
            throw setting.Refuse("ToExchange", binding.Destination, "there is no such exchange.");

        if (!binding.ToExchange && queues.All(q => q.Name != binding.Destination))
            throw setting.Refuse("Queue", binding.Destination, "there is no such queue.");

        if (TopologyRules.RoutingKey(source.Type, binding.RoutingKey) is { } broken)
            throw setting.Refuse("RoutingKey", binding.RoutingKey, broken);

        CheckArguments(binding, source, setting);
        if (!bindings.Exists(b => IsSame(b, binding)))
            bindings.Add(binding);
    }

    public Topology ToTopology() => new(exchanges.AsReadOnly(), queues.AsReadOnly(), bindings.AsReadOnly());

    private static void CheckArguments(Binding binding, Exchange source, SettingReader setting)
    {
        if (binding.Arguments is not { } arguments)
            return;

        if (source.Type != ExchangeType.Headers)
            throw setting.Refuse("Arguments", arguments.First().Key, $"only bindings of a headers exchange take arguments, and {SettingReader.Show(source.Name)} is of type {Describe(source)}.");

        var mode = arguments.GetValueOrDefault(HeadersCondition.MatchArgument, HeadersCondition.All) as string;
        if (mode is not (HeadersCondition.All or HeadersCondition.Any or HeadersCondition.AllWithX or HeadersCondition.AnyWithX))
            throw setting.Refuse($"Arguments:{HeadersCondition.MatchArgument}", mode, "it must be all, any, all-with-x or any-with-x.");

        if (mode is HeadersCondition.All or HeadersCondition.Any && arguments.Keys.FirstOrDefault(IsIgnored) is { } ignored)
            throw setting.Refuse($"Arguments:{ignored}", $"{arguments[ignored]}", $"x-match {mode} ignores headers that begin with x-; {mode}-with-x looks at them.");
    }

    private static bool IsIgnored(string header) =>
        header.StartsWith(HeadersCondition.IgnoredPrefix, StringComparison.Ordinal) && header != HeadersCondition.MatchArgument;

    private static bool IsMadeFrom(WorkQueue queue, string name) =>
        name.StartsWith(queue.Name, StringComparison.Ordinal)
        && (name[queue.Name.Length..] is DeadMark || IsRetrySuffix(name[queue.Name.Length..]));

    private static bool IsRetrySuffix(string suffix) =>
        suffix.Length > RetryMark.Length && suffix.StartsWith(RetryMark, StringComparison.Ordinal) && suffix[RetryMark.Length..].All(char.IsAsciiDigit);

    private static bool IsSame(Binding one, Binding other) =>
        one with { Arguments = null } == other with { Arguments = null }
        && (one.Arguments ?? NoArguments).OrderBy(a => a.Key, StringComparer.Ordinal)
            .SequenceEqual((other.Arguments ?? NoArguments).OrderBy(a => a.Key, StringComparer.Ordinal));

    private static IReadOnlyDictionary<string, object?> NoArguments { get; } = new Dictionary<string, object?>();

    private static string Describe(Exchange exchange) =>
        exchange.Type.ToString().ToLowerInvariant() + (exchange.AlternateExchange is { } alternate ? $" with alternate {SettingReader.Show(alternate)}" : "");
}
