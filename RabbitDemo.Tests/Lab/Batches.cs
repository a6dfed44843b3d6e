using RabbitDemo.Lab.Services;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Lab;

/// <summary>What a process would have told.</summary>
internal static class Batches
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static MovementBatch Of(
        string service, string instance, IReadOnlyList<MovementCount>? counts = null, IReadOnlyList<Movement>? movements = null, long number = 1, bool isLast = false) =>
        new(service, instance, Noon, "1.0", number, Noon, isLast, counts ?? [], movements ?? [], []);

    public static Instance Running(string service, string instance) => new(Of(service, instance), Noon);

    public static Movement Move(MovementKind kind, string exchange, string key, params string[] queues) =>
        new(kind, Noon, "m-1", "tipo", exchange, key, queues);
}
