using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// Takes over the events of processes that ended and were not started again: with fewer replicas than before, nobody else would.
/// An event is written here before it is deleted there, so it may be published twice, and is never lost. Nothing is written here
/// before the file there has been seen to take a write, and what it then does not let go is remembered: while this process lives,
/// no event is taken over again with each attempt. A key goes with its event: the event may be given up here, and a key that the file
/// there still knew would be a 202 for nothing.
/// </summary>
internal sealed partial class OutboxAdoption(
    EventOutbox outbox, IOptions<OutboxOptions> options, TimeProvider clock, ILogger<OutboxAdoption> logger) : BackgroundService
{
    private const int Together = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>What is here already and could not be deleted there, by file.</summary>
    private readonly Dictionary<string, HashSet<Origin>> stuck = [];

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
            LogLeft(file, e.Message.TrimEnd('.'));
        }
    }

    private async Task AdoptAsync(string file, CancellationToken cancellationToken)
    {
        using var slot = OutboxSlot.TryTake(file);
        if (slot is null)
            return;

        using var reader = new OutboxReader(file);
        await using var left = new OutboxWriter(file, options.Value.KeepKeys, _ => { }, NullLogger.Instance); // what is wrong with it is said once, below
        var adopted = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var (events, parked) = (reader.After(0, Together), reader.Parked(0, Together));
            if (events.Count + parked.Count == 0)
                break;

            var here = stuck.GetValueOrDefault(file, []);
            List<OutboxEvent> newEvents = [.. events.Where(evento => !here.Contains(Origin.Of(evento, isParked: false)))];
            List<ParkedEvent> newParked = [.. parked.Where(letter => !here.Contains(Origin.Of(letter.Event, isParked: true)))];
            await left.WriteAsync(tables => tables.Probe());
            await outbox.AdoptAsync(newEvents, newParked);
            stuck[file] = [.. events.Select(evento => Origin.Of(evento, isParked: false)), .. parked.Select(letter => Origin.Of(letter.Event, isParked: true))];
            adopted += newEvents.Count + newParked.Count;
            await left.WriteAsync(tables =>
            {
                foreach (var gone in events.Concat(parked.Select(letter => letter.Event)))
                    tables.ForgetKeysOf(gone.Event.MessageId);
                tables.Settle(events.Count > 0 ? events[^1].Seq : 0, [], clock.GetUtcNow());
                return parked.Count(letter => tables.Unpark(letter.Event.Seq));
            });
            stuck.Remove(file);
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

    /// <summary>Tells an event of a file from one of another file that came later under the same name.</summary>
    private readonly record struct Origin(bool IsParked, long Number, string MessageId, DateTimeOffset AcceptedAt)
    {
        public static Origin Of(OutboxEvent evento, bool isParked) => new(isParked, evento.Seq, evento.Event.MessageId, evento.Event.AcceptedAt);
    }
}
