using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

public static class ProofRegistration
{
    /// <summary>Adds <see cref="TopologyProof"/>. An <see cref="IConnectionFactory"/> must be there too (<c>AddServiceDefaults</c> brings it); nothing connects until a proof is asked for.</summary>
    public static IHostApplicationBuilder AddTopologyProof(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<TopologyProof>();
        return builder;
    }
}
