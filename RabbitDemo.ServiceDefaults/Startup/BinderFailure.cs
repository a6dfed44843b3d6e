using System.Text.RegularExpressions;

namespace RabbitDemo.ServiceDefaults;

/// <summary>A value that is not even of its setting's type: the configuration binder names key, value and the type's full name.</summary>
internal static partial class BinderFailure
{
    public static string Describe(InvalidOperationException exception) => Conversion().Match(exception.Message) is { Success: true } match
        ? $"{match.Groups["key"].Value} is {StartupFailure.Shown(match.Groups["value"].Value)}: it must be {Wanted(match.Groups["type"].Value)}."
        : exception.Message;

    private static string Wanted(string type) => type switch
    {
        "System.Int32" => $"a whole number up to {int.MaxValue}",
        "System.Int64" => $"a whole number up to {long.MaxValue}",
        "System.Double" => "a number such as 0.5",
        "System.Boolean" => "true or false",
        "System.TimeSpan" => "a time such as 00:00:05",
        "System.Uri" => "an address such as http://localhost:15672",
        _ when Find(type) is { IsEnum: true } names => string.Join(" or ", Enum.GetNames(names)),
        _ => $"a {type}"
    };

    private static Type? Find(string type) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(type)).FirstOrDefault(found => found is not null);

    [GeneratedRegex("^Failed to convert configuration value '(?<value>.*)' at '(?<key>[^']*)' to type '(?<type>[^']*)'", RegexOptions.Singleline)]
    private static partial Regex Conversion();
}
