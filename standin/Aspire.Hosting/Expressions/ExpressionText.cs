using System.Globalization;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the builder and both interpolated string handlers write into.</summary>
internal sealed class ExpressionText(int literalLength = 0, int formattedCount = 0)
{
    private readonly StringBuilder _format = new(literalLength);
    private readonly List<IValueProvider> _providers = new(formattedCount);
    private readonly List<string> _manifestExpressions = new(formattedCount);
    private readonly List<string?> _stringFormats = new(formattedCount);

    public bool IsEmpty => _format.Length == 0;

    public static string Formatted(string value, string? format) => format switch
    {
        null => value,
        _ when format.Equals("uri", StringComparison.OrdinalIgnoreCase) => Uri.EscapeDataString(value),
        _ => throw new NotSupportedException($"The format '{format}' is not supported. Supported is 'uri'."),
    };

    /// <summary>Braces that come in pairs were escaped by the writer and stay as they are.</summary>
    public void AppendLiteral(string? value, string? format = null)
    {
        if (value is null)
            return;

        var text = Formatted(value, format);
        for (var i = 0; i < text.Length; i++)
        {
            _format.Append(text[i]);
            if (text[i] is not ('{' or '}'))
                continue;

            _format.Append(text[i]);
            if (i + 1 < text.Length && text[i + 1] == text[i])
                i++;
        }
    }

    public void Append(IValueProvider provider, string manifestExpression, string? stringFormat)
    {
        _format.Append(CultureInfo.InvariantCulture, $"{{{_providers.Count}}}");
        _providers.Add(provider);
        _manifestExpressions.Add(manifestExpression);
        _stringFormats.Add(stringFormat);
    }

    public ReferenceExpression ToExpression() => new(_format.ToString(), [.. _providers], [.. _manifestExpressions], [.. _stringFormats]);
}
