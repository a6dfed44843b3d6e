using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace RabbitDemo.Messaging;

/// <summary>The topology with what configuration adds to it, in section <c>RabbitDemo:Topology</c>.</summary>
public static class TopologyConfiguration
{
    public const string Section = "RabbitDemo:Topology";

    /// <summary>Adds the one <see cref="Topology"/> of this process, unless there is one already.</summary>
    /// <exception cref="SettingException">See <see cref="Build"/> and <see cref="QueueNames.Check"/>.</exception>
    public static IServiceCollection AddTopology(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.All(s => s.ServiceType != typeof(Topology)))
        {
            var topology = Build(configuration);
            QueueNames.Check(configuration, topology);
            services.AddSingleton(topology);
        }

        return services;
    }

    /// <summary>
    /// Adds the section's <c>Exchanges</c>, <c>Queues</c> and <c>Bindings</c> to <see cref="Topology.Default"/>, or to nothing
    /// when <c>Defaults</c> is false. What is there already, word for word, may be there again.
    /// </summary>
    /// <exception cref="SettingException">One line that names the key, its value and the rule that it breaks.</exception>
    public static Topology Build(IConfiguration configuration)
    {
        var section = new SettingReader(configuration.GetSection(Section));
        section.Members("Defaults", "Exchanges", "Queues", "Bindings");
        var draft = new TopologyDraft(section.Flag("Defaults", whenMissing: true) ? Topology.Default : new([], [], []));

        foreach (var exchange in section.List("Exchanges"))
            draft.Add(TopologySettings.ReadExchange(exchange), exchange);

        foreach (var queue in section.List("Queues"))
            draft.Add(TopologySettings.ReadQueue(queue), queue);

        draft.CheckNames();
        foreach (var binding in section.List("Bindings"))
            draft.Add(TopologySettings.ReadBinding(binding), binding);

        return draft.ToTopology();
    }
}
