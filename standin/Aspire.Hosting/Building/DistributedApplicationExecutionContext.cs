namespace Aspire.Hosting;

public enum DistributedApplicationOperation
{
    Run,
    Publish,
}

public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    private IServiceProvider? _services;

    public DistributedApplicationOperation Operation => operation;

    public bool IsRunMode => operation is DistributedApplicationOperation.Run;

    public bool IsPublishMode => operation is DistributedApplicationOperation.Publish;

    /// <exception cref="InvalidOperationException">The application is not built yet.</exception>
    public IServiceProvider Services
    {
        get => _services ?? throw new InvalidOperationException("IServiceProvider is not available: the application is not built yet.");
        internal set => _services = value;
    }
}
