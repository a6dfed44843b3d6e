using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

public static partial class ConnectionStringBuilderExtensions
{
    /// <summary>Running as soon as everything that the expression names has started.</summary>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
    {
        var added = builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
        IEnumerable<IResource> named = connectionStringExpression.ValueProviders
            .SelectMany(IEnumerable<object> (value) => value is IValueWithReferences references ? [value, .. references.References] : [value])
            .OfType<IResource>()
            .Distinct();
        foreach (var resource in named)
            added.WaitForStart(builder.CreateResourceBuilder(resource));

        return added
            .WithReferenceRelationship(connectionStringExpression)
            .WithInitialState(new() { ResourceType = "ConnectionString", State = KnownResourceStates.NotStarted, Properties = [] })
            .OnInitializeResource(StartAsync);
    }

    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(this IDistributedApplicationBuilder builder, string name, Action<ReferenceExpressionBuilder> connectionStringBuilder)
    {
        var expression = new ReferenceExpressionBuilder();
        connectionStringBuilder(expression);
        return builder.AddConnectionString(name, expression.Build());
    }

    private static async Task StartAsync(ConnectionStringResource resource, InitializeResourceEvent initialize, CancellationToken cancellationToken)
    {
        try
        {
            await initialize.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, initialize.Services), cancellationToken).ConfigureAwait(false);
            await initialize.Notifications.PublishUpdateAsync(resource, state => state with { State = KnownResourceStates.Running }).ConfigureAwait(false);
            await initialize.Eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, initialize.Services), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNoConnectionString(initialize.Logger, failure);
            await initialize.Notifications.PublishUpdateAsync(resource, state => state with { State = KnownResourceStates.FailedToStart }).ConfigureAwait(false);
        }
    }

    [LoggerMessage(LogLevel.Error, "No connection string")]
    private static partial void LogNoConnectionString(ILogger logger, Exception failure);
}

public static class CustomResourceExtensions
{
    public static IResourceBuilder<TResource> WithInitialState<TResource>(this IResourceBuilder<TResource> builder, CustomResourceSnapshot initialSnapshot) where TResource : IResource =>
        builder.WithAnnotation(new ResourceSnapshotAnnotation(initialSnapshot), ResourceAnnotationMutationBehavior.Replace);
}
