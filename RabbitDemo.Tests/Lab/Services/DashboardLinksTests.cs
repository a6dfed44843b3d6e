using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using RabbitDemo.Lab;
using RabbitDemo.Lab.Services;

namespace RabbitDemo.Tests.Lab.Services;

public sealed class DashboardLinksTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public void LeadsToTheTraceInTheDashboard()
    {
        var links = Links("http://localhost:15888", "http://localhost:15889");

        Assert.Equal(new Uri($"http://localhost:15888/traces/detail/{Trace}"), links.Trace(Trace));
    }

    [Theory]
    [InlineData(null, "http://localhost:15889", Trace)]
    [InlineData("http://localhost:15888", null, Trace)]
    [InlineData("http://localhost:15888", "http://localhost:15889", "../../login?returnUrl=http://example.com")]
    [InlineData("http://localhost:15888", "http://localhost:15889", "//example.com/0af7651916cd43dd8448")]
    public void LeadsNowhereWithoutADashboardThatHasItAndForWhatIsNoTraceId(string? dashboard, string? collector, string trace) =>
        Assert.Null(Links(dashboard, collector).Trace(trace));

    private static DashboardLinks Links(string? dashboard, string? collector) => new(
        Options.Create(new LabOptions { Dashboard = dashboard is null ? null : new Uri(dashboard) }),
        new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", collector)]).Build());
}
