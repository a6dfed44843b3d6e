namespace RabbitDemo.Messaging;

public enum ConnectionPhase
{
    /// <summary>Not connected: the next attempt is under way or will be soon.</summary>
    Connecting,

    /// <summary>Connected, topology declared, channels open.</summary>
    Ready,

    /// <summary>Connected, but the broker takes no messages now: it has a memory or disk alarm.</summary>
    Blocked,

    /// <summary>Ended by the service's shutdown.</summary>
    Stopped
}

/// <param name="Phase">What the connection can be used for now.</param>
/// <param name="Reason">One line for people; null when ready.</param>
/// <param name="Since">When it came to this phase.</param>
public sealed record ConnectionStatus(ConnectionPhase Phase, string? Reason, DateTimeOffset Since);
