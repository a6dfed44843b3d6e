using System.Text;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

public sealed class ErrorLineTests
{
    [Fact]
    public void NamesWhatCausedIt()
    {
        var thrown = new InvalidOperationException("no order", new HttpRequestException("no answer\nfrom stock", new TimeoutException("late")));

        Assert.Equal("InvalidOperationException: no order → HttpRequestException: no answer from stock → TimeoutException: late", ErrorLine.Of(thrown));
    }

    [Fact]
    public void NamesAFewOfManyCauses()
    {
        var thrown = Enumerable.Range(1, 10).Aggregate(new ArgumentException("0"), (inner, i) => new ArgumentException($"{i}", inner));

        Assert.Equal("ArgumentException: 10 → ArgumentException: 9 → ArgumentException: 8 → ArgumentException: 7", ErrorLine.Of(thrown));
    }

    [Fact]
    public void LooksIntoWhatHoldsSeveral()
    {
        var (late, gone) = (new TimeoutException("late"), new IOException("gone"));

        Assert.Equal("InvalidOperationException: no → TimeoutException: late", ErrorLine.Of(new InvalidOperationException("no", new AggregateException(late))));
        Assert.Equal("AggregateException of 2: TimeoutException: late; IOException: gone", ErrorLine.Of(new AggregateException(late, new AggregateException(gone))));
        Assert.Equal("AggregateException: none", ErrorLine.Of(new AggregateException("none")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public void IsAtMostTwoKilobytesAndNamesEachAllTheSame(int levels)
    {
        var longest = new string('ñ', 3_000);
        var thrown = Enumerable.Range(2, levels - 1).Aggregate(new ArgumentException(longest), (inner, _) => new ArgumentException(longest, inner));

        var line = ErrorLine.Of(thrown);

        Assert.InRange(Encoding.UTF8.GetByteCount(line), 2_000, 2_048);
        Assert.Equal(Math.Min(levels, 4), line.Split("ArgumentException: ñ").Length - 1);
    }
}
