using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Orchestration;

internal static class LifecycleCommands
{
    public static void AddTo(IResource resource)
    {
        resource.Annotations.Add(Command(KnownResourceCommands.StartCommand, "Start", IsStartable, async context =>
        {
            await Orchestrator(context).StartInstanceAsync(context.ResourceName, context.CancellationToken).ConfigureAwait(false);
            return Outcome(context);
        }));
        resource.Annotations.Add(Command(KnownResourceCommands.StopCommand, "Stop", IsUp, async context =>
        {
            await Orchestrator(context).StopInstanceAsync(context.ResourceName).ConfigureAwait(false);
            return CommandResults.Success();
        }));
        resource.Annotations.Add(Command(KnownResourceCommands.RestartCommand, "Restart", IsUp, async context =>
        {
            await Orchestrator(context).StopInstanceAsync(context.ResourceName).ConfigureAwait(false);
            await Orchestrator(context).StartInstanceAsync(context.ResourceName, context.CancellationToken).ConfigureAwait(false);
            return Outcome(context);
        }));
    }

    private static ResourceCommandAnnotation Command(string name, string displayName, Func<string?, bool> isEnabled, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute) => new(
        name,
        displayName,
        context => isEnabled(context.ResourceSnapshot.State?.Text) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
        execute,
        displayDescription: null,
        parameter: null,
        confirmationMessage: null,
        iconName: null,
        iconVariant: null,
        isHighlighted: false);

    private static bool IsStartable(string? state) =>
        state == KnownResourceStates.NotStarted || state == KnownResourceStates.Waiting || KnownResourceStates.TerminalStates.Contains(state);

    private static bool IsUp(string? state) => state == KnownResourceStates.Running;

    private static ExecuteCommandResult Outcome(ExecuteCommandContext context) =>
        context.Services.GetRequiredService<ResourceNotificationService>().TryGetCurrentState(context.ResourceName, out var state)
        && state.Snapshot.State?.Text == KnownResourceStates.FailedToStart
            ? CommandResults.Failure($"Resource '{context.ResourceName}' failed to start.")
            : CommandResults.Success();

    private static Orchestrator Orchestrator(ExecuteCommandContext context) => context.Services.GetRequiredService<Orchestrator>();
}
