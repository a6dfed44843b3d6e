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

    [Theory]
    [InlineData("Host=db;Password=never;shown", "is not a PostgreSQL connection string such as")]
    [InlineData("Host=db:x,db;Password=never-shown", "is not a PostgreSQL connection string such as")]
    [InlineData("Host=db;Password=never-shown;Target Session Attributes=primary", "cannot be used: Target Session Attributes")]
    [InlineData("Host=db,db;Password=never-shown;Multiplexing=true", "cannot be used: Multiplexing is not supported with multiple hosts.")]
    public async Task RefuseAConnectionStringThatTheDriverDoesNotTake(string connectionString, string reason)
    {
        var refused = await Assert.ThrowsAsync<SettingException>(() => ConsumerUnderTest.StartAsync($"ConnectionStrings:store={connectionString}"));

        Assert.StartsWith($"ConnectionStrings:store {reason}", refused.Message);
        Assert.DoesNotContain("shown", refused.ToString());
    }

    [Fact]
    public async Task TakeIdsThatAreKeptForLongerThanTheLongestRetry()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync(
            "RabbitDemo:Store:KeepIdsDays=2.5", "RabbitDemo:Store:KeepEventsDays=1", "RabbitDemo:Receiver:RetryDelays=2.00:00:00");

        await consumer.StoreAsync("a");
    }
}
