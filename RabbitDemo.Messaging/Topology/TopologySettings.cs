using System.Globalization;

namespace RabbitDemo.Messaging;

/// <summary>Reads single exchanges, queues and bindings; how they fit together is <see cref="TopologyDraft"/>'s matter.</summary>
internal static class TopologySettings
{
    public static Exchange ReadExchange(SettingReader setting)
    {
        setting.Members("Name", "Type", "AlternateExchange");
        var type = setting.Text("Type");
        return new(
            Required(setting, "Name", TopologyRules.Exchange),
            type?.ToLowerInvariant() switch
            {
                "direct" => ExchangeType.Direct,
                "fanout" => ExchangeType.Fanout,
                "topic" => ExchangeType.Topic,
                "headers" => ExchangeType.Headers,
                _ => throw setting.Refuse("Type", type, "it must be direct, fanout, topic or headers.")
            },
            setting.Text("AlternateExchange") is { Length: > 0 } alternate ? alternate : null);
    }

    public static WorkQueue ReadQueue(SettingReader setting)
    {
        setting.Members("Name", "ReadBy");
        return new(Required(setting, "Name", TopologyRules.Queue), Required(setting, "ReadBy", TopologyRules.Service));
    }

    public static Binding ReadBinding(SettingReader setting)
    {
        setting.Members("Exchange", "Queue", "ToExchange", "RoutingKey", "Arguments");
        var exchange = Required(setting, "Exchange", TopologyRules.Exchange);
        var arguments = setting.Table("Arguments").ToDictionary(a => a.Name, a => ReadArgument(setting, a.Name, a.Reader), StringComparer.Ordinal);
        var (queue, other) = (setting.Text("Queue"), setting.Text("ToExchange"));
        if (string.IsNullOrEmpty(queue) == string.IsNullOrEmpty(other))
            throw setting.Refuse("Queue", queue, "a binding leads to either a Queue or an exchange (ToExchange).");

        return new(
            exchange,
            string.IsNullOrEmpty(queue) ? other ?? "" : queue,
            setting.Text("RoutingKey") ?? "",
            arguments.Count == 0 ? null : arguments,
            ToExchange: string.IsNullOrEmpty(queue));
    }

    /// <summary>
    /// Configuration knows texts only: a text is a text. <c>{ "Present": true }</c>, or null where the source has one, asks that
    /// the header is there; <c>{ "Integer": 5 }</c> and <c>{ "Boolean": true }</c> are for the headers of clients that send such.
    /// Fractions are missing because the broker's versions compare them in different ways.
    /// </summary>
    private static object? ReadArgument(SettingReader binding, string name, SettingReader argument)
    {
        var member = $"Arguments:{name}";
        if (TopologyRules.HeaderName(name) is { } rule)
            throw binding.Refuse(member, name, rule);

        if (!argument.HasMembers)
            return argument.OwnText is { } text && TopologyRules.HeaderValue(text) is { } broken ? throw binding.Refuse(member, text, broken) : argument.OwnText;

        argument.Members("Integer", "Boolean", "Present");
        return (argument.Text("Integer"), argument.Text("Boolean"), argument.Text("Present")) switch
        {
            ({ } number, null, null) when long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => integer,
            (null, { } flag, null) when bool.TryParse(flag, out var boolean) => boolean,
            (null, null, { } present) when bool.TryParse(present, out var there) && there => null,
            var (number, flag, present) => throw binding.Refuse(
                member, number ?? flag ?? present, "it must be a text, null, or one of Integer (64 bits), Boolean, and Present (true).")
        };
    }

    private static string Required(SettingReader setting, string member, Func<string?, string?> rule)
    {
        var value = setting.Text(member);
        return rule(value) is { } broken ? throw setting.Refuse(member, value, broken) : value ?? "";
    }
}
