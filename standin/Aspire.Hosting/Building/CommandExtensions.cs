using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>A command of the same name is replaced.</summary>
    public static IResourceBuilder<T> WithCommand<T>(this IResourceBuilder<T> builder, string name, string displayName, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand, CommandOptions? commandOptions = null) where T : IResource
    {
        if (builder.Resource.Annotations.OfType<ResourceCommandAnnotation>().SingleOrDefault(known => known.Name == name) is { } old)
            builder.Resource.Annotations.Remove(old);

        commandOptions ??= new();
        return builder.WithAnnotation(new ResourceCommandAnnotation(
            name, displayName, commandOptions.UpdateState ?? (_ => ResourceCommandState.Enabled), executeCommand, commandOptions.Description, null,
            commandOptions.ConfirmationMessage, commandOptions.IconName, commandOptions.IconVariant, commandOptions.IsHighlighted));
    }

    public static IResourceBuilder<TResource> WithHttpCommand<TResource>(this IResourceBuilder<TResource> builder, string path, string displayName, string? endpointName = null, string? commandName = null, HttpCommandOptions? commandOptions = null) where TResource : IResourceWithEndpoints =>
        builder.WithHttpCommand(path, displayName, () => builder.HttpEndpoint(endpointName, "HTTP command"), commandName, commandOptions);

    public static IResourceBuilder<TResource> WithHttpCommand<TResource>(this IResourceBuilder<TResource> builder, string path, string displayName, Func<EndpointReference>? endpointSelector, string? commandName = null, HttpCommandOptions? commandOptions = null) where TResource : IResourceWithEndpoints
    {
        var endpoint = endpointSelector is null ? builder.HttpEndpoint(null, "HTTP command") : endpointSelector();
        var options = commandOptions ?? new();
        options.Method ??= HttpMethod.Post;
        options.UpdateState ??= context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
        commandName ??= $"{endpoint.Resource.Name}-{endpoint.EndpointName}-http-{options.Method.Method.ToLowerInvariant()}-{path}";
        builder.ApplicationBuilder.Services.AddHttpClient();
        return builder.WithCommand(commandName, displayName, context => SendAsync(context, endpoint, path, options), options);
    }

    private static async Task<ExecuteCommandResult> SendAsync(ExecuteCommandContext context, EndpointReference endpoint, string path, HttpCommandOptions options)
    {
        if (!endpoint.IsAllocated)
            return CommandResults.Failure("Endpoints are not yet allocated.");

        using var client = context.Services.GetRequiredService<IHttpClientFactory>().CreateClient(options.HttpClientName ?? Options.DefaultName);
        using var request = new HttpRequestMessage(options.Method ?? HttpMethod.Post, new UriBuilder(endpoint.Url) { Path = path }.Uri);
        if (options.PrepareRequest is { } prepare)
        {
            await prepare(new()
            {
                Services = context.Services,
                ResourceName = context.ResourceName,
                Endpoint = endpoint,
                CancellationToken = context.CancellationToken,
                HttpClient = client,
                Request = request,
            }).ConfigureAwait(false);
        }

        using var response = await client.SendAsync(request, context.CancellationToken).ConfigureAwait(false);
        return options.GetCommandResult is { } result
            ? await result(new()
            {
                Services = context.Services,
                ResourceName = context.ResourceName,
                Endpoint = endpoint,
                CancellationToken = context.CancellationToken,
                HttpClient = client,
                Response = response,
            }).ConfigureAwait(false)
            : await ResultAsync(response, options.ResultMode, context.CancellationToken).ConfigureAwait(false);
    }

    private static async Task<ExecuteCommandResult> ResultAsync(HttpResponseMessage response, HttpCommandResultMode mode, CancellationToken cancellationToken)
    {
        var failure = response.IsSuccessStatusCode ? null : $"Request failed with status code {response.StatusCode}";
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        CommandResultFormat? format = mode switch
        {
            HttpCommandResultMode.Json => CommandResultFormat.Json,
            HttpCommandResultMode.Text => CommandResultFormat.Text,
            HttpCommandResultMode.Auto when type.EndsWith("json", StringComparison.OrdinalIgnoreCase) => CommandResultFormat.Json,
            HttpCommandResultMode.Auto when type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) => CommandResultFormat.Text,
            _ => null,
        };
        var body = format is null ? "" : await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        return new()
        {
            Success = failure is null,
            Message = failure,
            Data = format is { } known && body.Length > 0 ? new() { Value = body, Format = known } : null,
        };
    }
}
