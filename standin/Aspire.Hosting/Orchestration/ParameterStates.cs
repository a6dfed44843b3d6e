using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

internal static partial class ParameterStates
{
    /// <summary>Running when the parameter has a value. What is missing is said at once, not first by the service that needs it.</summary>
    public static async Task PublishAsync(ParameterResource parameter, ResourceNotificationService notifications, ResourceLoggerService loggers)
    {
        try
        {
            var value = await parameter.GetValueAsync(CancellationToken.None).ConfigureAwait(false);
            await notifications.PublishUpdateAsync(parameter, state => state with
            {
                State = KnownResourceStates.Running,
                Properties = [.. state.Properties, new(KnownProperties.ParameterValue, value) { IsSensitive = parameter.Secret }],
            }).ConfigureAwait(false);
        }
        catch (MissingParameterValueException missing)
        {
            LogMissing(loggers.GetLogger(parameter), missing.Message);
            await notifications.PublishUpdateAsync(parameter, state => state with { State = new(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Warn) }).ConfigureAwait(false);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Reason}")]
    private static partial void LogMissing(ILogger logger, string reason);
}
