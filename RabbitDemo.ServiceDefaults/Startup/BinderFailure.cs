using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using RabbitDemo.Messaging;

namespace RabbitDemo.ServiceDefaults;

/// <summary>
/// What the configuration binder cannot bind: a value that is not even of its setting's type, of which it names key, value and the
/// type's full name, or a name that the options do not have, of which it names the options' type.
/// </summary>
internal static partial class BinderFailure
{
    public static string Describe(InvalidOperationException exception, IConfiguration? configuration)
    {
        if (exception.InnerException is InvalidOperationException { Source: StartupFailure.Binder } inner)
            return Describe(inner, configuration);

        if (Conversion().Match(exception.Message) is { Success: true } match)
            return $"{match.Groups["key"].Value} is {StartupFailure.Shown(match.Groups["value"].Value)}: it must be {Wanted(match.Groups["type"].Value)}.";

        return Unknown().Match(exception.Message) is { Success: true } unknown && Find(unknown.Groups["type"].Value) is { } options
            ? $"{KeyOf(unknown.Groups["name"].Value, options, configuration)}: {SettingException.NoSuch(options.GetProperties().Where(property => property.CanWrite).Select(property => property.Name))}"
            : exception.Message;
    }

    private static string Wanted(string type) => type switch
    {
        "System.Int32" => $"a whole number up to {int.MaxValue}",
        "System.Int64" => $"a whole number up to {long.MaxValue}",
        "System.Double" => "a number such as 0.5",
        "System.Boolean" => "true or false",
        "System.TimeSpan" => "a time such as 00:00:05",
        "System.Uri" => "an address such as http://localhost:15672",
        _ when Nullable().Match(type) is { Success: true } match => Wanted(match.Groups["type"].Value),
        _ when Find(type) is { IsEnum: true } names => string.Join(" or ", Enum.GetNames(names)),
        _ => $"a {type}"
    };

    private static Type? Find(string type) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(type)).FirstOrDefault(found => found is not null);

    /// <summary>The members of a dictionary do not know where they are bound.</summary>
    private static string KeyOf(string name, Type options, IConfiguration? configuration)
    {
        var section = options.GetField("Section")?.GetRawConstantValue() as string ?? RootSettings.Section;
        return configuration?.GetSection(section).AsEnumerable().Select(setting => setting.Key)
            .FirstOrDefault(key => key.EndsWith($":{name}", StringComparison.OrdinalIgnoreCase)) ?? $"{section}:{name}";
    }

    [GeneratedRegex("^Failed to convert configuration value '(?<value>.*)' at '(?<key>[^']*)' to type '(?<type>[^']*)'", RegexOptions.Singleline)]
    private static partial Regex Conversion();

    [GeneratedRegex("not found on the instance of (?<type>[^:]*): '(?<name>[^']*)'")]
    private static partial Regex Unknown();

    [GeneratedRegex(@"^System\.Nullable`1\[(?<type>.*)\]$")]
    private static partial Regex Nullable();
}
