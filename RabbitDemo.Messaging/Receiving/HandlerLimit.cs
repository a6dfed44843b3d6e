using System.Collections.Concurrent;

namespace RabbitDemo.Messaging;

/// <summary>Tokens that are cancelled after a time limit, or with the session. They are used again and again: a timer each would cost more than most handlers.</summary>
internal sealed class HandlerLimit(TimeSpan limit, Action kept, TimeProvider clock)
{
    /// <summary>So much longer than its limit a call has to end by itself.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentBag<Lease> idle = [];

    public Lease Rent(CancellationToken sessionStopped)
    {
        if (!idle.TryTake(out var lease))
        {
            lease = new(this, clock);
        }

        lease.Begin(limit, sessionStopped);
        return lease;
    }

    private async void WatchAsync(Lease lease)
    {
        await Task.Delay(Grace, clock, CancellationToken.None);
        if (lease.KeepsThread)
        {
            kept();
        }
    }

    public sealed class Lease(HandlerLimit owner, TimeProvider clock) : IDisposable
    {
        private readonly CancellationTokenSource source = new(Timeout.InfiniteTimeSpan, clock);
        private CancellationTokenRegistration registration;
        private volatile bool isWithin;

        public CancellationToken Token => source.Token;

        /// <summary>
        /// The call has its caller's thread. The session may be over: without that thread, which may be the one that reads, it does not
        /// live as long as a limit may be.
        /// </summary>
        public bool KeepsThread => isWithin;

        public void Begin(TimeSpan limit, CancellationToken sessionStopped)
        {
            source.CancelAfter(limit);
            registration = sessionStopped.UnsafeRegister(static state => ((CancellationTokenSource?)state)?.Cancel(), source);
        }

        /// <summary>The call begins on its caller's thread: watched until the registration ends.</summary>
        public CancellationTokenRegistration Enter()
        {
            isWithin = true;
            return Token.UnsafeRegister(static state => (state as Lease)?.Watch(), this);
        }

        /// <summary>The call has returned.</summary>
        public void Leave() => isWithin = false;

        public void Dispose()
        {
            registration.Dispose();
            if (source.TryReset())
            {
                owner.idle.Add(this);
            }
            else
            {
                source.Dispose();
            }
        }

        private void Watch() => owner.WatchAsync(this);
    }
}
