using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitDemo.ServiceDefaults;
using RabbitDemo.Tests.Producer;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>A service of three endpoints, to see what the defaults make of any service.</summary>
public sealed class PipelineTests
{
    [Theory]
    [InlineData("Production", null, null, HttpStatusCode.Forbidden)]
    [InlineData("Production", null, "", HttpStatusCode.Forbidden)]
    [InlineData("Production", "abracadabra", null, HttpStatusCode.Unauthorized)]
    [InlineData("Production", "abracadabra", "abracadabr", HttpStatusCode.Unauthorized)]
    [InlineData("Staging", "abracadabra", "Abracadabra", HttpStatusCode.Unauthorized)]
    [InlineData("Production", "abracadabra", "abracadabra", HttpStatusCode.OK)]
    [InlineData("Development", null, null, HttpStatusCode.OK)]
    public async Task AsksForTheAdminKeyOutsideDevelopment(string environment, string? key, string? given, HttpStatusCode status)
    {
        await using var app = await StartAsync(environment, key);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/secret");
        if (given is not null)
            request.Headers.Add("X-Admin-Key", given);

        var response = await client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        if (status != HttpStatusCode.OK)
            await ProblemAssert.IsProblemAsync(status, response);
    }

    [Fact]
    public async Task TakesNoPostWithoutAJsonTypeEvenWithoutABody()
    {
        await using var app = await StartAsync("Development");
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var without = await client.PostAsync("/act", null);
        var with = await client.PostAsJsonAsync("/act", new { });

        await ProblemAssert.IsProblemAsync(HttpStatusCode.UnsupportedMediaType, without);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task TellsNothingOfItsInsidesWhenAnEndpointFails(string environment)
    {
        await using var app = await StartAsync(environment);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var response = await client.GetAsync("/fail?times=1");

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.InternalServerError, response);
        Assert.DoesNotContain("inside", problem.GetRawText());
    }

    [Fact]
    public async Task SaysWhichParameterItCannotRead()
    {
        await using var app = await StartAsync("Production");
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var response = await client.GetAsync("/fail?times=muchas");

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, response);
        Assert.Contains("times", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task TakesAReadThatAClientBrokeOffForNoErrorOfItsOwn()
    {
        await using var app = await StartAsync("Production");
        using var log = new KeptLog();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        await client.GetAsync("/reset");

        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task DoesNotFailOverAProblemThatNobodyIsLeftToRead()
    {
        await using var app = await StartAsync("Production");
        var writer = app.Services.GetRequiredService<IProblemDetailsService>();
        var gone = new DefaultHttpContext { RequestServices = app.Services, RequestAborted = new(canceled: true) };

        await writer.WriteAsync(new() { HttpContext = gone }).AsTask().WaitAsync(TimeSpan.FromSeconds(5));
    }

    private static async Task<WebApplication> StartAsync(string environment, string? key = null)
    {
        var builder = WebApplication.CreateBuilder(
            [$"--environment={environment}", "--urls=http://127.0.0.1:0", $"--RabbitDemo:AdminKey={key}"]);
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/secret", () => "payload").RequireAdminKey();
        app.MapPost("/act", () => "done");
        app.MapGet("/reset", IResult () => throw new ConnectionResetException("reset by peer"));
        app.MapGet("/fail", IResult (int times) => throw new InvalidOperationException($"inside {times}"));
        await app.StartAsync();
        return app;
    }
}
