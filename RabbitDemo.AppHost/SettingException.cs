using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace RabbitDemo.AppHost;

/// <summary>Something that the person who runs this can mend: the message is one line that names the key, or what to install.</summary>
public sealed class SettingException(string message) : Exception(message)
{
    /// <summary>
    /// From here on such an exception ends the process with its line alone. A test that runs the AppHost inside its own
    /// process catches it, and so gets the exception itself.
    /// </summary>
    internal static void EndTheProcessWithOneLine() => AppDomain.CurrentDomain.UnhandledException += (_, e) =>
    {
        if ((e.ExceptionObject as Exception)?.GetBaseException() is not SettingException { Message: var line })
            return;

        Console.Error.WriteLine(line);
        Environment.Exit(1);
    };

    /// <summary>The same for what only shows when the system runs already: it is stopped, in order.</summary>
    internal static void EndTheRun(string line, IHostApplicationLifetime lifetime)
    {
        Console.Error.WriteLine(line);
        if (Assembly.GetEntryAssembly() == typeof(SettingException).Assembly)
            Environment.ExitCode = 1;

        lifetime.StopApplication();
    }
}
