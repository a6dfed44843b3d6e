using RabbitDemo.Lab.Routing;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Lab;

public sealed class DraftBindingTests
{
    [Fact]
    public void GivesBackTheTopologysOwnBindings() => Assert.All(Topology.Default.Bindings, CheckRoundTrip);

    [Fact]
    public void GivesBackAllThatSettingsCanSay()
    {
        CheckRoundTrip(new("a", "b", "#", ToExchange: true));
        CheckRoundTrip(new("a", "→b", "k", ToExchange: true));
        foreach (var value in new object?[] { "5", "true", "EU", 5L, -1L, true, false, null })
            CheckRoundTrip(new("a", "q", Arguments: new Dictionary<string, object?> { ["x-match"] = "any-with-x", ["h"] = value }));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(" ; ;", "")]
    [InlineData("x-match=any;region = EU ;paid", "x-match:any, region:EU, paid:")]
    [InlineData("a=1;a=2", "a:2")]
    [InlineData("a=b=c", "a:b=c")]
    public void ReadsConditions(string written, string conditions)
    {
        var read = DraftBinding.Read(written);

        Assert.Equal(conditions, string.Join(", ", (read ?? []).Select(c => $"{c.Key}:{c.Value}")));
        Assert.Equal(conditions.Length == 0, read is null);
    }

    private static void CheckRoundTrip(Binding binding)
    {
        var back = DraftBinding.Of(binding).ToBinding();

        Assert.Equal(binding with { Arguments = null }, back with { Arguments = null });
        Assert.Equal(binding.Arguments, back.Arguments);
    }
}
