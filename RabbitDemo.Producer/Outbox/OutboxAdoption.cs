using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// Takes over the events of processes that ended and were not started again: with fewer replicas than before, nobody else would.
/// An event is written here before it is deleted there, so it may be published twice, and is never lost.
/// </summary>
internal sealed partial class OutboxAdoption(
    EventOutbox outbox, IOptions<OutboxOptions> options, TimeProvider clock, ILogger<OutboxAdoption> logger) : BackgroundService
{
    private const int Together = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                foreach (var file in Others())
                    await TryAdoptAsync(file, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops; the next one goes on.
        }
    }

    private IEnumerable<string> Others()
    {
        try
        {
            return OutboxSlot.All(options.Value.Path).Where(file => file != outbox.File);
        }
        catch (SettingException e)
        {
            LogUnlisted(e.Message);
            return [];
        }
    }

    private async Task TryAdoptAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await AdoptAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is SqliteException or OutboxUnavailableException or UnauthorizedAccessException)
        {
            LogLeft(file, e.Message);
        }
    }

    private async Task AdoptAsync(string file, CancellationToken cancellationToken)
    {
        using var slot = OutboxSlot.TryTake(file);
        if (slot is null)
            return;

        using var reader = new OutboxReader(file);
        await using var left = new OutboxWriter(file, options.Value.KeepKeys, _ => { }, logger);
        var adopted = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var (events, parked) = (reader.After(0, Together), reader.Parked(0, Together));
            if (events.Count + parked.Count == 0)
                break;

            await outbox.AdoptAsync(events, parked);
            await left.WriteAsync(tables =>
            {
                tables.Settle(events.Count > 0 ? events[^1].Seq : 0, [], clock.GetUtcNow());
                return parked.Count(letter => tables.Unpark(letter.Event.Seq));
            });
            adopted += events.Count + parked.Count;
        }

        if (adopted > 0)
            LogAdopted(adopted, file);
    }

    [LoggerMessage(LogLevel.Information, "Took over {Count} events that an ended process had left in {File}")]
    private partial void LogAdopted(int count, string file);

    [LoggerMessage(LogLevel.Warning, "It cannot be seen whether ended processes have left events: {Reason} Trying again")]
    private partial void LogUnlisted(string reason);

    [LoggerMessage(LogLevel.Warning, "The outbox {File} of an ended process cannot be taken over: {Reason}. Trying again")]
    private partial void LogLeft(string file, string reason);
}
