namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Long work on the store in small parts, with a rest after each as long as it took (the wait for its turn included): whoever stores
/// events has the database at least as long as this work has, also another replica, which SQLite does not wake in turn.
/// </summary>
internal sealed class SmallParts(TimeProvider clock)
{
    /// <summary>Repeats <paramref name="part"/>, once at least, until it says that there is no more to do, or for <paramref name="atMost"/>.</summary>
    public async Task DoAsync(Func<Task<bool>> part, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var partBegan = began;
        while (await part() && clock.GetElapsedTime(began) < atMost)
        {
            await Task.Delay(clock.GetElapsedTime(partBegan), clock, cancellationToken);
            partBegan = clock.GetTimestamp();
        }
    }
}
