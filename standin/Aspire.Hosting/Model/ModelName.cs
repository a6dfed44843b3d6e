namespace Aspire.Hosting.ApplicationModel;

/// <summary>A name is a DNS label: 1 to 64 ASCII letters, digits and single hyphens, beginning with a letter.</summary>
internal static class ModelName
{
    public static void Validate(string target, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Fault(name) is { } fault)
            throw new ArgumentException($"{target} name '{name}' is invalid: {fault}.", nameof(name));
    }

    private static string? Fault(string name) => name switch
    {
        { Length: < 1 or > 64 } => "it must be 1 to 64 characters long",
        _ when name.Contains("--", StringComparison.Ordinal) => "it cannot contain consecutive hyphens",
        _ when name.Any(c => c != '-' && !char.IsAsciiLetterOrDigit(c)) => "it can contain only ASCII letters, digits and hyphens",
        _ when !char.IsAsciiLetter(name[0]) => "it must start with a letter",
        _ when name[^1] == '-' => "it cannot end with a hyphen",
        _ => null,
    };
}
