using System.Net;
using System.Text;

namespace RabbitDemo.Tests.Producer;

/// <summary>There is no broker here: a request that came as far as publishing would be a 503.</summary>
public sealed class BadRequestTests : IAsyncLifetime
{
    private ProducerUnderTest? started;

    private ProducerUnderTest Producer => started ?? throw new InvalidOperationException("The producer has not been started.");

    public async Task InitializeAsync() => started = await ProducerUnderTest.StartAsync();

    public async Task DisposeAsync() => await Producer.DisposeAsync();

    [Theory]
    [MemberData(nameof(BadRequests.Bodies), MemberType = typeof(BadRequests))]
    public async Task NamesWhatIsWrongWithABody(string body, string members)
    {
        var response = await PostAsync("/send", body);

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, response);
        Assert.Equal(members, string.Join(',', problem.Members()));
        Assert.Empty(Producer.Complaints);
    }

    [Theory]
    [MemberData(nameof(BadRequests.Queries), MemberType = typeof(BadRequests))]
    public async Task RefusesAQueryThatLeadsNowhere(string query, HttpStatusCode status, string members)
    {
        var single = await PostAsync("/send" + query, BadRequests.Good);
        var batch = await PostAsync("/send/batch" + query, BadRequests.Good);

        var problem = await ProblemAssert.IsProblemAsync(status, single);
        await ProblemAssert.IsProblemAsync(status, batch);
        Assert.Equal(members, string.Join(',', problem.Members()));
        Assert.Empty(Producer.Complaints);
    }

    [Theory]
    [MemberData(nameof(BadRequests.Headers), MemberType = typeof(BadRequests))]
    public async Task NamesTheHeaderThatItRefuses(string name, string value)
    {
        var response = await PostAsync("/send", BadRequests.Good, headers: [(name, value)]);

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, response);
        Assert.Equal(name, Assert.Single(problem.Members()), ignoreCase: true);
        Assert.Empty(Producer.Complaints);
    }

    [Fact]
    public async Task RefusesAMessageHeaderGivenTwice()
    {
        await using var request = await RawRequest.PostAsync(
            Producer.Address, "/send?exchange=regiones", "Content-Type: application/json", "Content-Length: 2", "X-Amqp-Region: EU", "X-Amqp-Region: US");

        await request.WriteAsync("{}");

        Assert.Equal("HTTP/1.1 400 Bad Request", await request.ReadStatusAsync());
        Assert.Contains("\"X-Amqp-Region\"", await request.ReadJsonLineAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/jsonx")]
    [InlineData("")]
    public async Task TakesJsonOnly(string contentType)
    {
        foreach (var path in new[] { "/send", "/send/batch" })
        {
            var response = await PostAsync(path, BadRequests.Good, contentType);

            await ProblemAssert.IsProblemAsync(HttpStatusCode.UnsupportedMediaType, response);
        }

        Assert.Empty(Producer.Complaints);
    }

    [Theory]
    [InlineData("/send", "gzip")]
    [InlineData("/send", "GZIP")]
    [InlineData("/send", "identity, br")]
    [InlineData("/send/batch", "deflate")]
    public async Task TakesNoEncodedBody(string path, string encoding)
    {
        var plain = await PostAsync(path, BadRequests.Good, headers: [("Content-Encoding", encoding)]);

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.UnsupportedMediaType, plain);
        Assert.Equal($"Content-Encoding is {encoding}: the body must come as it is.", problem.GetProperty("detail").GetString());
        Assert.Equal("identity", Assert.Single(plain.Headers.GetValues("Accept-Encoding")));
        Assert.Empty(Producer.Complaints);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("Identity")]
    [InlineData("")]
    public async Task TakesABodyThatIsSaidToBeAsItIs(string encoding)
    {
        var response = await PostAsync("/send?exchange=no_hay", BadRequests.Good, headers: [("Content-Encoding", encoding)]);

        await ProblemAssert.IsProblemAsync(HttpStatusCode.NotFound, response);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RefusesABodyOverTheLimit(bool chunked)
    {
        using var request = Post("/send", $$$"""{"id":1,"tipo":"a","payload":{"a":"{{{new string('a', 1024 * 1024)}}}"}}""", "application/json");
        request.Headers.TransferEncodingChunked = chunked;

        var response = await Producer.Client.SendAsync(request);

        await ProblemAssert.IsProblemAsync(HttpStatusCode.RequestEntityTooLarge, response);
        Assert.Empty(Producer.Complaints);
    }

    [Theory]
    [InlineData("GET", "/send", HttpStatusCode.MethodNotAllowed)]
    [InlineData("PUT", "/send", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/send/batch", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/", HttpStatusCode.NotFound)]
    [InlineData("GET", "/sendd", HttpStatusCode.NotFound)]
    [InlineData("GET", "/send/no%20es%20un%20id", HttpStatusCode.BadRequest)]
    public async Task AnswersAWrongAddressWithAProblem(string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Accept", "text/html");

        var response = await Producer.Client.SendAsync(request);

        await ProblemAssert.IsProblemAsync(status, response);
        Assert.Empty(Producer.Complaints);
    }

    [Fact]
    public async Task EscapesMarkupAndControlCharactersInWhatItRepeats()
    {
        var response = await PostAsync("/send?routingKey=%3Cscript%3E%00%1B%22", BadRequests.Good);

        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.DoesNotContain("<script>", text);
        Assert.DoesNotContain(text, char.IsControl);
        Assert.Contains("\\u003Cscript\\u003E\\u0000\\u001B", text);
    }

    [Theory]
    [InlineData("/send")]
    [InlineData("/send/batch")]
    public async Task TakesAClientThatHangsUpForNoErrorOfItsOwn(string path)
    {
        await using var request = await RawRequest.PostAsync(Producer.Address, path, "Content-Type: application/json", "Content-Length: 1000");
        await request.WriteAsync("{\"id\":");

        request.HangUp();

        // Stopping waits for the requests that there are, and so for what they have to say.
        await Producer.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(Producer.Complaints);
    }

    private static HttpRequestMessage Post(string path, string body, string contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType.Length > 0)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return new(HttpMethod.Post, path) { Content = content };
    }

    private async Task<HttpResponseMessage> PostAsync(
        string path, string body, string contentType = "application/json", (string Name, string Value)[]? headers = null)
    {
        using var request = Post(path, body, contentType);
        foreach (var (name, value) in headers ?? [])
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return await Producer.Client.SendAsync(request);
    }
}
