namespace RabbitDemo.Tests.AppHost;

/// <summary>A directory of one test, gone with it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rabbitdemo-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
