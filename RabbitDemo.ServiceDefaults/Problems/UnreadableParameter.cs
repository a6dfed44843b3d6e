using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Primitives;

namespace RabbitDemo.ServiceDefaults;

/// <summary>A query parameter or header whose value is not of its type.</summary>
internal static class UnreadableParameter
{
    private const int MostShown = 64;

    private static readonly Dictionary<Type, (string Name, Func<string, bool> Reads)> Kinds = new()
    {
        [typeof(int)] = ("a whole number of 32 bits", text => int.TryParse(text, CultureInfo.InvariantCulture, out _)),
        [typeof(long)] = ("a whole number of 64 bits", text => long.TryParse(text, CultureInfo.InvariantCulture, out _)),
        [typeof(bool)] = ("true or false", text => bool.TryParse(text, out _))
    };

    /// <summary>What the value is and what it must be; null when it can be read, or is not there.</summary>
    public static string? Describe(ApiParameterDescription parameter, HttpRequest request)
    {
        var isList = parameter.Type.IsArray;
        var type = isList ? parameter.Type.GetElementType() : Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type;
        var given = Given(parameter, request);
        if (given.Count == 0 || type is null || !Kinds.TryGetValue(type, out var kind))
            return null;

        var values = isList ? given : new StringValues(given.ToString());
        var wrong = values.FirstOrDefault(value => !kind.Reads(value ?? ""));
        return wrong is null ? null : $"{parameter.Name} is {Shown(wrong)}: it must be {kind.Name}.";
    }

    private static StringValues Given(ApiParameterDescription parameter, HttpRequest request) =>
        parameter.Source == BindingSource.Query ? request.Query[parameter.Name]
        : parameter.Source == BindingSource.Header ? request.Headers[parameter.Name]
        : StringValues.Empty;

    private static string Shown(string value) => value.Length switch
    {
        0 => "empty",
        > MostShown => $"{value[..MostShown]}…",
        _ => value
    };
}
