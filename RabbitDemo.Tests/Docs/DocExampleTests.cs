using System.Text.Json;

namespace RabbitDemo.Tests.Docs;

public sealed class DocExampleTests
{
    private const string Page = """
        # A page

        ```json
        { "not": "an example" }
        ```

        ```bash
        dotnet run
        ```

        Then:

        ```bash
        curl -i -X PUT 'http://localhost:8003/faults?a=b&c=d' \
          -H 'Content-Type: application/json' \
          -H 'X-Amqp-region: EU' \
          -d '{"failNext": 1}'
        ```

        ```http
        HTTP/1.1 202 Accepted

        { "messageId": "…" }
        ```

        ```bash
        curl http://localhost:8001/messages
        ```
        ```http
        HTTP/1.1 404 Not Found
        ```
        """;

    [Fact]
    public void ReadsEachRequestWithItsAnswer()
    {
        var examples = DocExample.ReadAll(Page);

        Assert.Equal(2, examples.Count);
        Assert.Equal((13, HttpMethod.Put, 202), (examples[0].Line, examples[0].Request.Method, examples[0].Status));
        Assert.Equal("/faults?a=b&c=d", examples[0].Request.Address.PathAndQuery);
        Assert.Equal([("Content-Type", "application/json"), ("X-Amqp-region", "EU")], examples[0].Request.Headers);
        Assert.Equal("""{"failNext": 1}""", examples[0].Request.Body);
        Assert.Equal((HttpMethod.Get, 404, JsonValueKind.Undefined), (examples[1].Request.Method, examples[1].Status, examples[1].Answer.ValueKind));
    }

    [Theory]
    [InlineData("```bash\ncurl http://localhost\n```", "Line 1: a request and its answer come in pairs.")]
    [InlineData("```http\nHTTP/1.1 200 OK\n```", "Line 1: a request and its answer come in pairs.")]
    [InlineData("```bash\ncurl http://localhost\n```\n```http\n200 OK\n```", "Line 4: an answer begins with HTTP/1.1 and a status.")]
    [InlineData("```bash\ncurl -L http://localhost\n```\n```http\nHTTP/1.1 200 OK\n```", "Lines 1 to 4: curl's -L is not understood here.")]
    [InlineData("```bash\ncurl 'http://localhost\n```\n```http\nHTTP/1.1 200 OK\n```", "Lines 1 to 4: A quote is not closed.")]
    [InlineData("```bash\ncurl http://localhost\n", "Line 1: the block has no end.")]
    public void NamesTheLineOfAnExampleThatItCannotRead(string page, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => DocExample.ReadAll(page)).Message);

    [Theory]
    [InlineData("""{ "a": 1 }""", """{ "a": 1, "b": 2 }""", null)]
    [InlineData("""{ "a": "…" }""", """{ "a": { "b": [] } }""", null)]
    [InlineData("""{ "a": "…" }""", "{}", "$.a is missing")]
    [InlineData("""[{ "a": true }]""", """[{ "a": false }]""", "$[0].a is False, not True")]
    [InlineData("""["x"]""", """["x", "y"]""", "$ is [\"x\", \"y\"], not [\"x\"]")]
    [InlineData("""{ "a": { "b": 1.0 } }""", """{ "a": { "b": 2 } }""", "$.a.b is 2, not 1.0")]
    public void FindsTheFirstDifference(string shown, string actual, string? difference) =>
        Assert.Equal(difference, JsonExpectation.Differs(JsonElement.Parse(shown), JsonElement.Parse(actual)));
}
