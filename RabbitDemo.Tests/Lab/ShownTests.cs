using RabbitDemo.Lab;

namespace RabbitDemo.Tests.Lab;

public sealed class ShownTests
{
    [Theory]
    [InlineData("<b onclick='x'>&amp;</b>", "<b onclick='x'>&amp;</b>")] // Razor escapes it
    [InlineData("a\tb\nc ñ 日本 👍", "a\tb\nc ñ 日本 👍")]
    [InlineData("a\0b\u001b[31m\r\u007f\u0085", "a\\u0000b\\u001B[31m\\u000D\\u007F\\u0085")]
    [InlineData("\u202eabc\u2066\u200b\ufeff", "\\u202Eabc\\u2066\\u200B\\uFEFF")]
    [InlineData("a\u2028b\u2029", "a\\u2028b\\u2029")]
    [InlineData("\ue000\ufffe", "\\uE000\\uFFFE")]
    [InlineData(null, "")]
    public void WritesOutWhatNobodyCouldSee(string? text, string shown) => Assert.Equal(shown, Shown.Text(text));

    [Theory]
    [InlineData("a", '\ud800', "b")]
    [InlineData("", '\udc00', "")]
    public void ShowsHalfACharacterAsOneThatIsNone(string before, char half, string after) =>
        Assert.Equal($"{before}\ufffd{after}", Shown.Text($"{before}{half}{after}"));

    [Fact]
    public void SaysHowLongATextIsThatIsOverTheLimit()
    {
        Assert.Equal("abc", Shown.Text("abc", 3));
        Assert.Equal("abc… (4)", Shown.Text("abcd", 3));
        Assert.Equal("👍👍… (2,000)", Shown.Text(string.Concat(Enumerable.Repeat("👍", 1_000)), 3));
        Assert.True(Shown.Text(new string('\u202e', 100_000)).Length < 330);
    }

    [Theory]
    [InlineData(0, "0 µs")]
    [InlineData(0.25, "250 µs")]
    [InlineData(1, "1 ms")]
    [InlineData(12.34, "12.3 ms")]
    [InlineData(1_500, "1.5 s")]
    [InlineData(119_999, "120 s")]
    [InlineData(150_000, "2.5 min")]
    [InlineData(9_000_000, "2.5 h")]
    [InlineData(-1_500, "-1.5 s")]
    public void GivesASpanInTheUnitThatSuitsIt(double milliseconds, string shown) =>
        Assert.Equal(shown, Shown.Span(TimeSpan.FromMicroseconds(milliseconds * 1_000)));
}
