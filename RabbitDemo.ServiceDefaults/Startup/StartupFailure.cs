using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using RabbitDemo.Messaging;

namespace RabbitDemo.ServiceDefaults;

internal static class StartupFailure
{
    /// <summary>The operator's line for a failure that he can mend in the configuration; null for any other, which keeps its stack trace.</summary>
    public static string? Describe(Exception exception, IConfiguration? configuration) => exception switch
    {
        SettingException e => e.Message,
        OptionsValidationException e => string.Join(" ", e.Failures.Select(failure => NameKey(failure, e.OptionsType, configuration))),
        AggregateException { InnerExceptions: { Count: > 0 } inner }
            when inner.Select(e => Describe(e, configuration)).ToArray() is var lines && !lines.Contains(null) => string.Join(" ", lines),
        IOException { InnerException: AddressInUseException } e => $"{e.Message} Choose another with --urls or ASPNETCORE_URLS.",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.AccessDenied } e =>
            $"Cannot listen on the addresses in urls: {e.Message}.",
        FormatException e when e.Message.StartsWith("Invalid url", StringComparison.OrdinalIgnoreCase) => $"urls: {e.Message}",
        InvalidDataException e => e.InnerException is { } cause ? $"{e.Message} {cause.Message}" : e.Message,

        // The configuration binder: its message names the key and the value.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } e => e.Message,
        _ => null
    };

    /// <summary>
    /// Generated validators say "Member: Type.Member must be …". Their options say in <c>Section</c> where they are bound, and
    /// the configuration has the value that was refused.
    /// </summary>
    private static string NameKey(string failure, Type options, IConfiguration? configuration)
    {
        if (options.GetField("Section")?.GetRawConstantValue() is not string section || failure.Split(": ", 2) is not [var member, var text])
            return failure;

        var key = $"{section}:{member}";
        return $"{key} is {configuration?[key] ?? "not set"}: {text.Replace($"The field {options.Name}.{member}", "it", StringComparison.Ordinal).Replace($"{options.Name}.{member}", "it", StringComparison.Ordinal)}";
    }
}
