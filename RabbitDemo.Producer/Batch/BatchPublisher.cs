using RabbitDemo.Messaging;
using RabbitDemo.Producer.Sending;

namespace RabbitDemo.Producer.Batch;

/// <summary>Publishes the items of one batch, all by the same route.</summary>
/// <param name="intake">Takes them.</param>
/// <param name="route">Where every item goes.</param>
/// <param name="idempotencyKey">The item at index i is sent under <c>key.i</c>; null for new ids.</param>
/// <param name="clock">For new ids.</param>
/// <param name="cancellationToken">The client has gone.</param>
internal sealed class BatchPublisher(
    IIntake intake, Route route, string? idempotencyKey, TimeProvider clock, CancellationToken cancellationToken)
{
    private readonly PublishLane lane = PublishLane.Ordered((uint)Random.Shared.Next());
    private long count;

    /// <summary>Reads the framer's item before it returns, and completes when the event is promised or refused.</summary>
    public Task<BatchAnswer> Publish(ItemFramer framer)
    {
        var index = count++;
        return framer.Kind switch
        {
            ItemKind.Whole => EventoJson.Read(framer.Item, out var problems) is { } evento
                ? PublishAsync(index, evento)
                : Refuse(index, StatusCodes.Status400BadRequest, new("The item is not an event.", Errors: RequestErrors.From(problems).ByName)),
            ItemKind.TooLarge => Refuse(index, StatusCodes.Status413PayloadTooLarge, new("The item is over the size limit.")),
            ItemKind.Cut => Refuse(index, StatusCodes.Status400BadRequest, new("The array ends before its closing bracket.")),
            _ => Refuse(index, StatusCodes.Status400BadRequest, new("Something follows the array; it was not read."))
        };
    }

    /// <summary>The last line of a batch that the service could not read to its end because it stops.</summary>
    public Task<BatchAnswer> Stop() => Refuse(
        count,
        StatusCodes.Status503ServiceUnavailable,
        new("The producer is stopping", "Neither this item nor any after it was read: send them again."));

    private static Task<BatchAnswer> Refuse(long index, int status, BatchProblem problem) =>
        Task.FromResult(new BatchAnswer(index, status, Problem: problem));

    private async Task<BatchAnswer> PublishAsync(long index, Evento evento)
    {
        var messageId = idempotencyKey is null ? MessageIds.New(clock) : $"{idempotencyKey}.{index}";
        return await intake.TakeAsync(evento, messageId, isKey: idempotencyKey is not null, route, lane, cancellationToken) switch
        {
            null => new(index, StatusCodes.Status202Accepted, messageId),
            { Status: StatusCodes.Status503ServiceUnavailable } problem => BatchAnswer.Failed(index, problem, messageId),
            var problem => BatchAnswer.Failed(index, problem)
        };
    }
}
