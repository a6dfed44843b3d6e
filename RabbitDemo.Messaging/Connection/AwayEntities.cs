namespace RabbitDemo.Messaging;

/// <summary>
/// Waits until what was away with a node of the cluster has come back, and then has the session rebuilt with it. Until then all the
/// rest goes on.
/// </summary>
internal static class AwayEntities
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <param name="session">Ended when nothing is away any more.</param>
    /// <param name="declare">Declares everything again, which changes nothing that is there.</param>
    /// <param name="clock">Of the waits.</param>
    public static async Task AwaitAsync(
        BrokerSession session, Func<CancellationToken, Task<IReadOnlyList<EntityProblem>>> declare, TimeProvider clock)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, clock);
            while (await timer.WaitForNextTickAsync(session.Stopped))
            {
                if (!(await declare(session.Stopped)).Any(p => p.IsAway))
                {
                    session.End("what was away is back");
                }
            }
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
        {
            session.End(BrokerErrors.Describe(e));
        }
    }
}
