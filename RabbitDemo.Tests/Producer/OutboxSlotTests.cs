using RabbitDemo.Producer.Outbox;
using RabbitDemo.Tests.AppHost;

namespace RabbitDemo.Tests.Producer;

public sealed class OutboxSlotTests : IDisposable
{
    private readonly TemporaryDirectory data = new();

    [Theory]
    [InlineData("outbox", "outbox.0", "outbox.12")]
    [InlineData("outbox.db", "outbox.0.db", "outbox.12.db")]
    public void AreTheFilesOfProcessesAndNothingBesideThem(string name, params string[] slots)
    {
        string[] beside = [.. slots.SelectMany(slot => new[] { $"{slot}-wal", $"{slot}-shm", $"{slot}.lock" }), name, "outbox.old", "outbox.old.db", "outbox.-1.db"];
        foreach (var file in slots.Concat(beside))
            File.WriteAllText(Path.Combine(data.Path, file), "");

        Assert.Equal(slots, OutboxSlot.All(Path.Combine(data.Path, name)).Select(Path.GetFileName));
    }

    public void Dispose() => data.Dispose();
}
