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
