using System.Diagnostics;
using System.Text;

namespace RabbitDemo.Messaging;

/// <summary>W3C trace context and baggage in message headers.</summary>
internal static class TraceHeaders
{
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";
    public const string Baggage = "baggage";

    /// <summary>More baggage than this is not carried, in bytes.</summary>
    private const int MaxBaggage = 8 * 1024;

    private static readonly DistributedContextPropagator Propagator = DistributedContextPropagator.CreateW3CPropagator();

    public static bool IsTraceHeader(string name) => name is TraceParent or TraceState or Baggage;

    /// <summary>Writes the context of <paramref name="activity"/>; a context that the headers have already stays.</summary>
    public static void Inject(Activity? activity, Dictionary<string, object?> headers)
    {
        if (activity is null || headers.ContainsKey(TraceParent))
        {
            return;
        }

        Propagator.Inject(activity, headers, static (carrier, name, value) =>
        {
            if (carrier is Dictionary<string, object?> headers && (name != Baggage || Encoding.UTF8.GetByteCount(value) <= MaxBaggage))
            {
                headers[name] = value;
            }
        });
    }

    public static ActivityContext Extract(IDictionary<string, object?>? headers) =>
        HeaderValues.Text(headers, TraceParent) is { } parent && ActivityContext.TryParse(parent, HeaderValues.Text(headers, TraceState), isRemote: true, out var context)
            ? context
            : default;

    public static IEnumerable<KeyValuePair<string, string?>> ExtractBaggage(IDictionary<string, object?>? headers) =>
        HeaderValues.Text(headers, Baggage) is { } baggage && Encoding.UTF8.GetByteCount(baggage) <= MaxBaggage
            ? Propagator.ExtractBaggage(baggage, static (object? carrier, string name, out string? value, out IEnumerable<string>? values) =>
            {
                values = null;
                value = name == Baggage ? carrier as string : null;
            }) ?? []
            : [];
}
