using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>One run of an AppHost's entry point, on a thread of its own, held at <c>Build()</c> until the test builds.</summary>
internal sealed class EntryPointRun(MethodInfo main, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure) : EntryPointHook, IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _application = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _build = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _disposal;

    public Task<DistributedApplicationBuilder> StartAsync(CancellationToken cancellationToken)
    {
        new Thread(RunEntryPoint) { IsBackground = true, Name = $"{main.DeclaringType?.Assembly.GetName().Name}.EntryPoint" }.Start();
        return _builder.Task.WaitAsync(cancellationToken);
    }

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _build.TrySetResult();
        return _application.Task.WaitAsync(cancellationToken);
    }

    public Task WaitUntilStartedAsync(CancellationToken cancellationToken) => _started.Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync() => await (_disposal ??= EndAsync()).ConfigureAwait(false);

    public override void Constructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        TestConfiguration.BeforeTheTest(options, settings, args, main.Module.Assembly);
        configure(options, settings);
        TestConfiguration.AfterTheTest(settings, main.Module.Assembly);
    }

    public override void Constructed(DistributedApplicationBuilder builder) => builder.Services.AddHttpClient();

    public override void Building(DistributedApplicationBuilder builder)
    {
        _builder.TrySetResult(builder);
        _build.Task.GetAwaiter().GetResult();
    }

    public override void Built(DistributedApplication application) => _application.TrySetResult(application);

    public override void Started(Exception? failure)
    {
        if (failure is null)
            _started.TrySetResult();
        else
            _started.TrySetException(failure);
    }

    private void RunEntryPoint()
    {
        Current = this;
        try
        {
            var result = main.Invoke(null, main.GetParameters().Length == 0 ? [] : [args]);
            (result as Task)?.GetAwaiter().GetResult();
            End(new InvalidOperationException("The entry point exited without building a DistributedApplication."));
        }
        catch (Exception failure)
        {
            End(failure is TargetInvocationException { InnerException: { } inner } ? inner : failure);
        }

        void End(Exception why)
        {
            _builder.TrySetException(why);
            _application.TrySetException(why);
            _started.TrySetException(why);
            _ended.TrySetResult();
        }
    }

    private async Task EndAsync()
    {
        if (!_build.Task.IsCompleted)
        {
            // Never built: the entry point must not go on to run anything.
            _build.TrySetException(new OperationCanceledException("The testing builder was disposed."));
            await _ended.Task.WaitAsync(s_patience).ConfigureAwait(false);
            return;
        }

        if (!_application.Task.IsCompletedSuccessfully)
            return;

        var application = await _application.Task.ConfigureAwait(false);
        await Task.WhenAny(_started.Task, _ended.Task).ConfigureAwait(false);
        await application.StopAsync().ConfigureAwait(false);
        await Task.WhenAny(_ended.Task, Task.Delay(s_patience)).ConfigureAwait(false);
        await application.DisposeAsync().ConfigureAwait(false);
    }
}
