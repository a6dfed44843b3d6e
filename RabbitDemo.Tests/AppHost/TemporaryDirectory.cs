using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.AppHost;

/// <summary>A directory of one test, gone with it, or with the next run if this one is killed.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private const string Prefix = "rabbitdemo-of-";

    static TemporaryDirectory() => RunFolder.DeleteThoseOfKilledRuns(Prefix);

    public string Path { get; } = RunFolder.Create(Prefix);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
