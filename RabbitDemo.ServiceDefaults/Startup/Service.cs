using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace RabbitDemo.ServiceDefaults;

/// <summary>Runs a service from its <c>Program.cs</c>.</summary>
public static class Service
{
    /// <summary>
    /// By the framework's default a change of appsettings.json is waited for by watching everything below the service's folder: each
    /// commit of a store there is an event of that watch, and a system lets a user have few of them (128 on many).
    /// </summary>
    private const string SettingsAreReadOnce = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>Builds and runs until the process is told to stop.</summary>
    /// <returns>The exit code: 1, after one line on standard error, when a setting or an occupied port keeps it from starting.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> build)
    {
        IConfiguration? configuration = null;
        var stopping = CancellationToken.None;
        try
        {
            var app = build([SettingsAreReadOnce, .. args]);

            // Running disposes of the application, and with it of its way to the configuration.
            configuration = app.Configuration;
            stopping = app.Lifetime.ApplicationStopping;
            await app.RunAsync();
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0; // told to stop while it was starting
        }
        catch (Exception e) when (StartupFailure.Describe(e, configuration) is { } line)
        {
            await Console.Error.WriteLineAsync(line);
            return 1;
        }
    }

    /// <summary>
    /// Host and server log the exception that also leaves <see cref="RunAsync"/>, which says it in one line. The host still
    /// logs a background service that fails, as critical.
    /// </summary>
    internal static void LeaveStartupFailuresToService(this ILoggingBuilder logging) => logging
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
        .AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level is >= LogLevel.Warning and < LogLevel.Critical);
}
