using RabbitDemo.Lab.Services;

namespace RabbitDemo.Tests.Lab;

public sealed class RecentConfirmsTests
{
    [Fact]
    public void KeepTheLastFewThousandAndTheFirstTimeOfEach()
    {
        var confirms = new RecentConfirms();

        for (var i = 0; i < 5_001; i++)
        {
            confirms.Add($"m-{i}", Batches.Noon.AddSeconds(i));
            confirms.Add($"m-{i}", Batches.Noon);
        }

        Assert.Null(confirms.Find("m-0"));
        Assert.Equal(Batches.Noon.AddSeconds(1), confirms.Find("m-1"));
        Assert.Equal(Batches.Noon.AddSeconds(5_000), confirms.Find("m-5000"));
    }
}
