using System.Globalization;
using Google.Protobuf.Collections;
using RabbitDemo.Tests.Telemetry.Otlp;

namespace RabbitDemo.Tests.Telemetry;

/// <summary>A span as it came over the wire.</summary>
internal sealed record ReceivedSpan(string Service, string Scope, Span Span)
{
    private static readonly string[] Kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];

    public string TraceId { get; } = Convert.ToHexStringLower(Span.TraceId.Span);

    public string Id { get; } = Convert.ToHexStringLower(Span.SpanId.Span);

    /// <summary>Empty for a root.</summary>
    public string ParentId { get; } = Convert.ToHexStringLower(Span.ParentSpanId.Span);

    public string Kind => Kinds[Span.Kind];

    public bool IsError => Span.Status is { Code: 2 };

    public IReadOnlyDictionary<string, string> Attributes { get; } = Texts(Span.Attributes);

    public string[] Links { get; } = [.. Span.Links.Select(link => Convert.ToHexStringLower(link.SpanId.Span))];

    public static Dictionary<string, string> Texts(RepeatedField<Otlp.Attribute> attributes) => attributes.ToDictionary(a => a.Key, a => a.Value.KindCase switch
    {
        Value.KindOneofCase.Text => a.Value.Text,
        Value.KindOneofCase.Truth => a.Value.Truth ? "true" : "false",
        Value.KindOneofCase.Number => a.Value.Number.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.Fraction => a.Value.Fraction.ToString(CultureInfo.InvariantCulture),
        _ => "?"
    });
}

/// <summary>The newest point of one series.</summary>
/// <param name="Service">The resource's <c>service.name</c>.</param>
/// <param name="Instance">Its <c>service.instance.id</c>.</param>
/// <param name="Name">The instrument's.</param>
/// <param name="Unit">The instrument's.</param>
/// <param name="Attributes">What tells the series from others.</param>
/// <param name="Value">The value; of a histogram, its count.</param>
/// <param name="Bounds">A histogram's buckets.</param>
internal sealed record ReceivedPoint(
    string Service, string Instance, string Name, string Unit, IReadOnlyDictionary<string, string> Attributes, double Value, double[] Bounds);

internal sealed record ReceivedLog(string Service, string Scope, string Severity, string Body, string TraceId);
