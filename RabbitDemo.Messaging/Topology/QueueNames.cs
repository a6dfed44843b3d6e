using Microsoft.Extensions.Configuration;

namespace RabbitDemo.Messaging;

/// <summary>Settings that are said by a queue's name, those of all services together: each gets the settings of all.</summary>
internal static class QueueNames
{
    /// <summary>A name that was mistyped would change nothing, and nobody would know.</summary>
    /// <exception cref="SettingException">There is a setting of a queue that the topology does not have.</exception>
    public static void Check(IConfiguration configuration, Topology topology)
    {
        var rule = SettingException.NoSuch(topology.Queues.Select(queue => queue.Name), "queue");
        foreach (var (name, queue) in Section(ReceiverOptions.Section).Table(nameof(ReceiverOptions.Queues)))
        {
            if (topology.FindQueue(name) is null)
                throw queue.RefuseName(rule);
        }

        foreach (var item in Section(QueueOptions.Section).List(nameof(QueueOptions.SingleActiveConsumer)))
        {
            if (item.OwnText is { } name && topology.FindQueue(name) is null)
                throw item.Refuse("", name, rule);
        }

        SettingReader Section(string key) => new(configuration.GetSection(key));
    }
}
