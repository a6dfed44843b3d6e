using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace RabbitDemo.Messaging;

/// <summary>Reads one configuration section strictly: whatever is not expected is a <see cref="SettingException"/>, in one line.</summary>
internal sealed class SettingReader(IConfigurationSection section)
{
    private const int LongestShown = 80;

    public static string Show(string? value)
    {
        if (value is null)
            return "not set";

        var shown = value.Length > LongestShown ? value[..LongestShown] + "…" : value;
        return JsonSerializer.Serialize(shown); // escapes line breaks and control characters
    }

    /// <summary>The line says key, value, rule.</summary>
    public SettingException Refuse(string member, string? value, string rule) => new($"{Key(member)} is {Show(value)}: {rule}");

    /// <summary>The same of the section's own name: the line says key and rule.</summary>
    public SettingException RefuseName(string rule) => new($"{Key("")}: {rule}");

    public void Members(params string[] known)
    {
        if (section.Value is { Length: > 0 } value)
            throw Refuse("", value, $"it must be a section with {string.Join(", ", known)}.");

        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                throw Refuse(child.Key, child.Value, SettingException.NoSuch(known));
        }
    }

    public IEnumerable<SettingReader> List(string member)
    {
        var list = section.GetSection(member);
        if (list.Value is { Length: > 0 } value)
            throw Refuse(member, value, "it must be a list.");

        return list.GetChildren().Select(item => new SettingReader(item));
    }

    /// <summary>The member's text; null when it is missing.</summary>
    public string? Text(string member)
    {
        var child = section.GetSection(member);
        if (child.GetChildren().Any())
            throw Refuse(member, null, "it must be a text, not a list or an object.");

        return child.Value;
    }

    public bool Flag(string member, bool whenMissing) => Text(member) switch
    {
        null or "" => whenMissing,
        var text when bool.TryParse(text, out var flag) => flag,
        var text => throw Refuse(member, text, "it must be true or false.")
    };

    /// <summary>The member's own members, each under its name as it is written.</summary>
    public IEnumerable<(string Name, SettingReader Reader)> Table(string member)
    {
        var table = section.GetSection(member);
        if (table.Value is { Length: > 0 } value)
            throw Refuse(member, value, "it must be an object.");

        return table.GetChildren().Select(child => (child.Key, new SettingReader(child)));
    }

    /// <summary>The section's own text, when it has no members.</summary>
    public string? OwnText => section.Value;

    public bool HasMembers => section.GetChildren().Any();

    private static bool IsLineBreaking(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    private string Key(string member)
    {
        var key = member.Length == 0 ? section.Path : $"{section.Path}:{member}";
        return key.Length > 2 * LongestShown || key.Any(IsLineBreaking) ? Show(key) : key;
    }
}
