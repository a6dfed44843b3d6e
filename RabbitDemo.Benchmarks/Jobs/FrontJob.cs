using System.Globalization;
using System.Runtime;
using RabbitDemo.Benchmarks.Candidates;
using RabbitDemo.Benchmarks.Measuring;
using RabbitDemo.Producer;

namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>
/// A web service with <c>POST /send</c>. Ours is the producer as it ships, with validation, traces and problem details; the others are
/// the least that publishes what was posted. The load comes from the parent.
/// </summary>
internal static class FrontJob
{
    public const string Listening = "listening ";

    /// <summary>Asks for, and begins the line that tells, for how many milliseconds the runtime has compiled.</summary>
    public const string Compiled = "compiled ";

    /// <summary>Serves until an empty line comes in; what was measured is between two of them.</summary>
    public static async Task<Measurement> RunAsync(ICandidate candidate, Uri broker, Load load)
    {
        await using var app = candidate is Ours
            ? ProducerApp.Build(["--urls=http://127.0.0.1:0", $"--ConnectionStrings:rabbitmq={broker}"])
            : await BuildAsync(candidate);
        await app.StartAsync();
        Console.WriteLine(Listening + app.Urls.Single());
        await ToldAsync();
        var clock = new Stopclock();
        await ToldAsync();
        return clock.Stop(load.Count);
    }

    private static async Task ToldAsync()
    {
        while (true)
        {
            switch (await Console.In.ReadLineAsync())
            {
                case Compiled:
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Compiled}{JitInfo.GetCompilationTime().TotalMilliseconds}"));
                    break;
                case null:
                    throw new InvalidOperationException("The front has no load: it is started by the comparison.");
                default:
                    return;
            }
        }
    }

    private static async Task<WebApplication> BuildAsync(ICandidate candidate)
    {
        await candidate.StartPublisherAsync();
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        var app = builder.Build();
        app.MapPost("/send", async (BenchEvent evento) =>
        {
            await candidate.PublishAsync(evento.Id);
            return Results.Accepted();
        });
        return app;
    }
}
