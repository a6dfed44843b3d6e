using RabbitDemo.Lab;

namespace RabbitDemo.Tests.Lab;

public sealed class LanguagesTests
{
    [Theory]
    [InlineData("/", true)]
    [InlineData("/journey/a?by=id#main", true)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("/\t/evil.example", false)]
    [InlineData("/\n/evil.example", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void LeadBackToPagesOfThisSiteOnly(string? path, bool isOwn) => Assert.Equal(isOwn, Languages.IsOwnPath(path));
}
