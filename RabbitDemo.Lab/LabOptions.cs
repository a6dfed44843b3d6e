using Microsoft.Extensions.Options;

namespace RabbitDemo.Lab;

/// <summary>Section <c>RabbitDemo:Lab</c>.</summary>
internal sealed record LabOptions
{
    public const string Section = "RabbitDemo:Lab";

    /// <summary>RabbitMQ's HTTP API, such as <c>http://localhost:15672</c>; null where there is none. Its user is the connection string's.</summary>
    public Uri? Management { get; init; }

    /// <summary>Aspire's dashboard, for links to traces; null where there is none.</summary>
    public Uri? Dashboard { get; init; }
}

/// <summary>Each is an address that can be asked, or followed.</summary>
internal sealed class LabOptionsValidator : IValidateOptions<LabOptions>
{
    public ValidateOptionsResult Validate(string? name, LabOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(nameof(LabOptions.Management), options.Management, "http://localhost:15672");
        Check(nameof(LabOptions.Dashboard), options.Dashboard, "http://localhost:15888");
        return result.Build();

        void Check(string member, Uri? address, string example)
        {
            if (address is not (null or { IsAbsoluteUri: true, Scheme: "http" or "https" }))
            {
                result.AddError($"{member}: it must be an address of http or https, such as {example}.");
            }
        }
    }
}
