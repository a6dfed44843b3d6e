namespace RabbitDemo.Tests.Brokers;

public sealed class RunFolderTests
{
    private const string NoProcess = "99999999"; // more than Linux gives

    [Fact]
    public void DeletesWhatAKilledRunLeftAndNothingElse()
    {
        var prefix = $"rabbitdemo-sweep-{Guid.NewGuid():N}-";
        string left = InTemp($"{prefix}{NoProcess}-abc"), foreign = InTemp($"{prefix}notes-abc"), used = RunFolder.Create(prefix);
        foreach (var folder in new[] { left, foreign })
            Directory.CreateDirectory(Path.Combine(folder, "data"));

        RunFolder.DeleteThoseOfKilledRuns(prefix);
        var there = new[] { left, foreign, used }.Select(Directory.Exists).ToArray();
        Directory.Delete(foreign, recursive: true);
        Directory.Delete(used);

        Assert.Equal([false, true, true], there);

        static string InTemp(string name) => Path.Combine(Path.GetTempPath(), name);
    }
}
