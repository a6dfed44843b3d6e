using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Consumer;

public sealed class StoreSettingsTests
{
    [Theory]
    [InlineData("1.00:00:00")]
    [InlineData("00:00:01, 2.00:00:00, 00:00:30")]
    public async Task RefuseToForgetAnIdWhileItsMessageWaitsForARetry(string delays)
    {
        var refused = await Assert.ThrowsAsync<SettingException>(() => ConsumerUnderTest.StartAsync(
            "RabbitDemo:Store:KeepIdsDays=1", "RabbitDemo:Store:KeepEventsDays=1", $"RabbitDemo:Receiver:RetryDelays={delays}"));

        Assert.Contains("RabbitDemo:Store:KeepIdsDays is 1: it must be more than the longest of RabbitDemo:Receiver:RetryDelays", refused.Message);
    }

    [Fact]
    public async Task TakeIdsThatAreKeptForLongerThanTheLongestRetry()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync(
            "RabbitDemo:Store:KeepIdsDays=2.5", "RabbitDemo:Store:KeepEventsDays=1", "RabbitDemo:Receiver:RetryDelays=2.00:00:00");

        await consumer.StoreAsync("a");
    }
}
