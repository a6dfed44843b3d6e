namespace RabbitDemo.AppHost;

internal static class OrderlyEnd
{
    /// <summary>
    /// Aspire's orchestrator would only be told to stop everything, and this process be gone while it does: then the guardian takes
    /// a node that is still stopping for one that was left behind.
    /// </summary>
    public static void WaitForTheEndOfResources(this IDistributedApplicationBuilder builder) =>
        builder.Configuration["DcpPublisher:WaitForResourceCleanup"] ??= "true";
}
