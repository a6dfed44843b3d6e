using System.Net.Http.Json;
using Microsoft.Extensions.Hosting;

namespace RabbitDemo.AppHost;

/// <summary>What can be done to a consumer from the dashboard: requests to its own endpoints, under its own access rules.</summary>
internal static class ConsumerCommands
{
    public static IResourceBuilder<ProjectResource> WithConsumerCommands(this IResourceBuilder<ProjectResource> consumer)
    {
        consumer.WithCommand("/dead-letters/redrive", "Redrive dead letters", "redrive", HttpMethod.Post, new { all = true }, new()
        {
            Description = "Publishes every dead letter to its queue again, under the same id.",
            IconName = "ArrowRepeatAll",
            ResultMode = HttpCommandResultMode.Json
        });
        if (!consumer.ApplicationBuilder.Environment.IsDevelopment())
            return consumer;

        return consumer
            .WithFaults("Handle at once", "handle-at-once", new { delayMilliseconds = new Dictionary<string, int> { ["*"] = 0 } }, "No delay, and no other fault.")
            .WithFaults("Handle slowly", "handle-slowly", new { delayMilliseconds = new Dictionary<string, int> { ["*"] = 10_000 } }, "Each event takes ten seconds.")
            .WithFaults("Crash before ack", "crash-before-ack", new { crashBeforeAcks = 1 },
                "Its process dies after the next event is stored and before it is acknowledged. Start it again, and see one event stored.")
            .WithFaults("End all faults", "end-faults", new { }, "Back to the configured behaviour.");
    }

    private static IResourceBuilder<ProjectResource> WithFaults(
        this IResourceBuilder<ProjectResource> consumer, string title, string name, object plan, string description) =>
        consumer.WithCommand("/faults", title, name, HttpMethod.Put, plan, new() { Description = description, IconName = "Bug" });

    private static IResourceBuilder<ProjectResource> WithCommand(
        this IResourceBuilder<ProjectResource> consumer, string path, string title, string name, HttpMethod method, object body, HttpCommandOptions options)
    {
        options.Method = method;
        options.PrepareRequest = context =>
        {
            context.Request.Content = JsonContent.Create(body);
            if (consumer.ApplicationBuilder.Configuration["RabbitDemo:AdminKey"] is { Length: > 0 } key)
                context.Request.Headers.Add("X-Admin-Key", key);

            return Task.CompletedTask;
        };
        return consumer.WithHttpCommand(path, title, endpointName: "http", commandName: name, commandOptions: options);
    }
}
