using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using RabbitDemo.Messaging;

namespace RabbitDemo.ServiceDefaults;

internal static partial class StartupFailure
{
    /// <summary>Where an exception of the configuration binder comes from.</summary>
    internal const string Binder = "Microsoft.Extensions.Configuration.Binder";

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

        InvalidOperationException { Source: Binder } e => BinderFailure.Describe(e, configuration),
        _ => null
    };

    /// <summary>An address with a user has his password too, which nobody is told.</summary>
    internal static string Shown(string? value) => value switch
    {
        null => "not set",
        _ when value.Contains('@') => "…@…",
        _ => value
    };

    /// <summary>
    /// Generated validators say "Member: Type.Member must be …", of a member's own member "Member:Name:Member: …". Their options say
    /// in <c>Section</c> where they are bound, and the configuration has the value that was refused.
    /// </summary>
    private static string NameKey(string failure, Type options, IConfiguration? configuration)
    {
        if (options.GetField("Section")?.GetRawConstantValue() is not string section || failure.Split(": ", 2) is not [var member, var text])
            return failure;

        var key = $"{section}:{member}";
        var value = configuration?[key];
        return $"{key} is {Shown(value)}{InDays(value, text)}: {Subject(member.Split(':')[^1]).Replace(text, "it", 1)}";
    }

    /// <summary>Of times, .NET reads a number alone as days, which is hardly ever what was meant.</summary>
    private static string InDays(string? value, string rule) =>
        Time().IsMatch(rule) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days > 0
            ? $", which is {days} {(days == 1 ? "day" : "days")}"
            : "";

    [GeneratedRegex(@"\d\d:\d\d:\d\d")]
    private static partial Regex Time();

    private static Regex Subject(string member) => new($@"^(The field )?\w+\.{Regex.Escape(member)}\b");
}
