using System.Reflection;
using System.Text.Json;

namespace RabbitDemo.Messaging;

/// <summary>Makes this process's batches, numbered.</summary>
internal sealed class MovementTeller(
    ReceiverIdentity identity, MovementLog log, LedgerCounters counters, Receiver? receiver, TimeProvider clock)
{
    private static readonly string Version =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private long number;

    /// <summary>What happened from now on is told.</summary>
    public void Begin() => log.IsHeard = true;

    /// <summary>What happens from now on is not told: the number that is left out says so.</summary>
    public void Interrupt()
    {
        if (log.IsHeard)
        {
            log.IsHeard = false;
            number++;
        }
    }

    public bool HasNews => log.HasNews;

    public byte[] Next(bool isLast)
    {
        var (counts, movements) = log.Take();
        return JsonSerializer.SerializeToUtf8Bytes(
            new(
                identity.Service, identity.Instance, counters.Since, Version, ++number, clock.GetUtcNow(), isLast,
                counts, movements, receiver?.Holdings ?? [], counters.Publishes),
            MovementJson.Default.MovementBatch);
    }
}
