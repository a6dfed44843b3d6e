using System.Collections.Concurrent;

namespace RabbitDemo.Messaging;

/// <summary>Tokens that are cancelled after a time limit, or with the session. They are used again and again: a timer each would cost more than most handlers.</summary>
internal sealed class HandlerLimit(TimeSpan limit, TimeProvider clock)
{
    private readonly ConcurrentBag<CancellationTokenSource> idle = [];

    public Lease Rent(CancellationToken sessionStopped)
    {
        if (!idle.TryTake(out var source))
        {
            source = new(Timeout.InfiniteTimeSpan, clock);
        }

        source.CancelAfter(limit);
        return new(this, source, sessionStopped.UnsafeRegister(static state => ((CancellationTokenSource?)state)?.Cancel(), source));
    }

    public readonly struct Lease(HandlerLimit owner, CancellationTokenSource source, CancellationTokenRegistration registration) : IDisposable
    {
        public CancellationToken Token => source.Token;

        public void Dispose()
        {
            registration.Dispose();
            if (source.TryReset())
            {
                owner.idle.Add(source);
            }
            else
            {
                source.Dispose();
            }
        }
    }
}
