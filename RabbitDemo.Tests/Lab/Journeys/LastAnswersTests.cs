using RabbitDemo.Lab.Journeys;

namespace RabbitDemo.Tests.Lab.Journeys;

public sealed class LastAnswersTests
{
    private static readonly string[] Services = ["consumer", "usuarios"];

    private readonly LastAnswers<string> answers = new();

    [Theory]
    [InlineData(0)]
    [InlineData(401)]
    [InlineData(503)]
    public void KeepsWhatWasKnownOfOneThatDoesNotAnswer(int status)
    {
        answers.Take([("consumer", new("there", null, 200)), ("usuarios", new("here", null, 200))]);

        answers.Take([("consumer", new("still there", null, 200)), ("usuarios", new(null, "not now", status))]);

        Assert.Equal(["still there", "here"], answers.Values);
        Assert.Equal(["not now"], answers.Problems);
    }

    [Fact]
    public void ForgetsWhatAServiceNoLongerKnows()
    {
        answers.Take([("consumer", new("there", null, 200))]);

        answers.Take([("consumer", new(null, "No queue of this service has brought it.", 404))]);

        Assert.Empty(answers.Values);
        Assert.Empty(answers.Problems);
    }

    [Fact]
    public void AreOfAllOnlyWhenEachHasAnswered()
    {
        answers.Take([("consumer", new(null, "nothing", 404)), ("usuarios", new(null, "not now", 503))]);
        var before = answers.AreOfAll(Services);
        answers.Take([("consumer", new(null, "not now", 0)), ("usuarios", new(null, "nothing", 404))]);

        Assert.False(before);
        Assert.True(answers.AreOfAll(Services));
    }
}
