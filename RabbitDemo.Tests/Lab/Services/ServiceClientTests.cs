using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using RabbitDemo.Lab;
using RabbitDemo.Lab.Live;
using RabbitDemo.Lab.Overview;
using RabbitDemo.Lab.Services;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Tests.Lab;

/// <summary>Whatever answers at a service's address, a page shows a line about it and goes on.</summary>
public sealed class ServiceClientTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("""{"service": "a", "queues": null, "process": null}""")]
    [InlineData("""{"service": "a", "queues": []}""")]
    [InlineData("""{"service": "a", "queues": {}, "process": 1}""")]
    public async Task TakesAnAnswerThatLacksWhatIsShownForNone(string body)
    {
        await using var service = OddService.Start(body);

        var answer = await service.Client.GetAsync<LedgerAnswer>(OddService.Name, "/ledger", CancellationToken.None);

        Assert.Null(answer.Value);
        Assert.Equal("producer does not answer.", answer.Problem);
    }

    [Theory]
    [InlineData("{", 200)]
    [InlineData("{}", 200)]
    [InlineData("""{"status": 500, "title": "An error"}""", 500)]
    public async Task TakesAHealthThatIsNoneForNone(string body, int status)
    {
        await using var service = OddService.Start(body, status);

        var answer = await service.Client.HealthAsync(OddService.Name, CancellationToken.None);

        Assert.Null(answer.Value);
        Assert.Equal($"producer answers {status}.", answer.Problem);
    }

    [Fact]
    public async Task TakesAServiceThatMayNotBeAskedForOneThatDoesNotAnswer()
    {
        var access = new AdminAccess(WebApplication.CreateSlimBuilder().Environment, new ConfigurationBuilder().Build());
        foreach (var rejection in RejectedCalls.Reasons)
        {
            using var calls = new RejectedCalls(rejection);

            var answer = await new ServiceClient(calls, new(access)).GetAsync<LedgerAnswer>("producer", "/ledger", CancellationToken.None);

            Assert.Equal("producer does not answer.", answer.Problem);
        }
    }

    [Fact]
    public async Task ReadsHealthInEitherForm()
    {
        await using var word = OddService.Start("Unhealthy", 503, "text/plain");
        await using var reasons = OddService.Start("""{"status": "Degraded", "checks": {"watch": {"status": "Degraded", "reason": "away"}, "self": {"status": "Healthy", "reason": null}}}""");

        Assert.Equal("Unhealthy", (await word.Client.HealthAsync(OddService.Name, CancellationToken.None)).Value?.Status);
        Assert.Equal("away", (await reasons.Client.HealthAsync(OddService.Name, CancellationToken.None)).Value?.Checks["watch"].Reason);
    }

    [Theory]
    [InlineData("not json", "application/json")]
    [InlineData("""{"title": 1}""", "application/problem+json")]
    [InlineData("{}", "application/json; charset=nonsense")]
    public async Task TellsTheStatusOfARefusalThatSaysNothing(string body, string type)
    {
        await using var service = OddService.Start(body, 403, type);

        var answer = await service.Client.GetAsync<LedgerAnswer>(OddService.Name, "/ledger", CancellationToken.None);

        Assert.Equal((403, "producer answers 403."), (answer.Status, answer.Problem));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"status": "yes"}""")]
    [InlineData("""{"status": 400}""")]
    public async Task StopsABurstWhoseAnswerIsNone(string body)
    {
        await using var service = OddService.Start(body);
        var burst = new Burst(service.Client, new(), 1_000);

        await burst.RunAsync(() => { }, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((1, 0, 0), (service.Asked, burst.Accepted, burst.Answered));
        Assert.NotNull(burst.Problem);
    }

    [Fact]
    public async Task SendsFewerLargeEventsAtATime()
    {
        await using var service = OddService.Start("""{"status": 202}""");
        var burst = new Burst(service.Client, new() { Payload = $"\"{new string('a', 600_000)}\"" }, 4);

        await burst.RunAsync(() => { }, CancellationToken.None);

        Assert.InRange(service.Largest, 1_200_000, 1_300_000); // two events
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"name": 1}""")]
    [InlineData("""[{"name": "a"}, {"name": "a"}, {}]""")]
    [InlineData("[1]")]
    [InlineData("<html>")]
    public async Task TakesAManagementApiThatIsNoneForAway(string body)
    {
        await using var service = OddService.Start(body);
        using var management = new ManagementApi(Options.Create(new LabOptions { Management = service.Address }), new ConfigurationBuilder().Build());

        await Assert.ThrowsAsync<ManagementAwayException>(() => management.OverviewAsync(CancellationToken.None));
        if (body != "[]")
            await Assert.ThrowsAsync<ManagementAwayException>(() => management.QueuesAsync(CancellationToken.None));
    }
}
