using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using RabbitDemo.Consumer;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Store;

namespace RabbitDemo.Tests.Consumer;

/// <summary>The real consumer on a free port; replicas of it share a SQLite file.</summary>
internal sealed class ConsumerUnderTest : IAsyncDisposable
{
    private const string NoBroker = "amqp://guest:never-shown@127.0.0.1:1";

    private readonly WebApplication app;
    private readonly DirectoryInfo folder;
    private readonly bool ownsFolder;

    private ConsumerUnderTest(WebApplication app, DirectoryInfo folder, bool ownsFolder)
    {
        (this.app, this.folder, this.ownsFolder) = (app, folder, ownsFolder);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public IReadOnlyList<Endpoint> Endpoints => app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public MessageStore Store => app.Services.GetRequiredService<MessageStore>();

    public Receiver Receiver => app.Services.GetRequiredService<Receiver>();

    /// <summary>As the engine has it, faults and all.</summary>
    public IInbox Inbox => app.Services.GetRequiredService<IInbox>();

    /// <summary>As the engine has it, faults and all.</summary>
    public IEventHandler Handler => app.Services.GetRequiredService<IEventHandler>();

    public static Task<ConsumerUnderTest> StartAsync(params string[] settings) =>
        StartAsync(Directory.CreateTempSubdirectory("rabbitdemo-consumer-"), ownsFolder: true, NoBroker, settings);

    public static Task<ConsumerUnderTest> StartAsync(Uri broker, params string[] settings) =>
        StartAsync(Directory.CreateTempSubdirectory("rabbitdemo-consumer-"), ownsFolder: true, broker.ToString(), settings);

    /// <summary>Another replica of this one.</summary>
    public Task<ConsumerUnderTest> ReplicaAsync(params string[] settings) => StartAsync(folder, ownsFolder: false, NoBroker, settings);

    public async Task StoreAsync(params string[] messageIds)
    {
        foreach (var id in messageIds)
            await Store.StoreAsync(Deliveries.Of(id), Deliveries.Noon, CancellationToken.None);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    public async Task<JsonElement> PostAsync(string path, string json)
    {
        using var response = await Client.PostAsync(path, new StringContent(json, mediaType: new("application/json")));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        if (ownsFolder)
        {
            SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ConsumerUnderTest> StartAsync(DirectoryInfo folder, bool ownsFolder, string broker, string[] settings)
    {
        var app = ConsumerApp.Build(
            [
                "--urls=http://127.0.0.1:0",
                "--environment=Development",
                $"--ConnectionStrings:rabbitmq={broker}",
                $"--RabbitDemo:Store:Path={Path.Combine(folder.FullName, "store.db")}",
                "--RabbitDemo:Publisher:Deadline=00:00:01",
                "--RabbitDemo:Handling:Delay=00:00:00",
                "--Logging:LogLevel:Default=Critical",
                .. settings.Select(setting => $"--{setting}")
            ]);
        await app.StartAsync();
        return new(app, folder, ownsFolder);
    }
}
