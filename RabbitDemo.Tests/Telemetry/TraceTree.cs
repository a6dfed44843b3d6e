using System.Globalization;
using System.Text;

namespace RabbitDemo.Tests.Telemetry;

/// <summary>Draws a trace, so that a test can hold the whole of it against a picture.</summary>
internal static class TraceTree
{
    private static readonly string[] Shown =
    [
        "error.type", "rabbitdemo.attempt", "rabbitdemo.redelivered", "rabbitdemo.store.outcome", "messaging.operation.name", "messaging.operation.type",
        "messaging.rabbitmq.destination.routing_key"
    ];

    /// <summary>Every parent has come.</summary>
    public static bool IsWhole(ReceivedSpan[] spans) => spans.All(span => span.ParentId.Length == 0 || spans.Any(parent => parent.Id == span.ParentId));

    /// <summary>One line a span, below its parent; of one service in the order in which they began.</summary>
    /// <param name="spans">Of one trace.</param>
    /// <param name="all">Where a linked span is looked up.</param>
    public static string Draw(ReceivedSpan[] spans, IEnumerable<ReceivedSpan> all)
    {
        var drawing = new StringBuilder();
        foreach (var root in spans.Where(span => span.ParentId.Length == 0).OrderBy(span => span.Span.Start))
            Draw(root, depth: 0);

        return drawing.ToString().TrimEnd();

        void Draw(ReceivedSpan span, int depth)
        {
            drawing.Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture, $"{span.Span.Name} [{span.Service} {span.Kind}]");
            foreach (var key in Shown.Where(span.Attributes.ContainsKey))
                drawing.Append(CultureInfo.InvariantCulture, $" {key[(key.LastIndexOf('.') + 1)..]}={span.Attributes[key]}");
            foreach (var link in span.Links)
                drawing.Append(CultureInfo.InvariantCulture, $" link={all.FirstOrDefault(s => s.Id == link)?.Span.Name ?? "elsewhere"}");
            drawing.AppendLine(span.IsError ? " ERROR" : "");
            foreach (var child in spans.Where(child => child.ParentId == span.Id).OrderBy(child => child.Service).ThenBy(child => child.Span.Start))
                Draw(child, depth + 1);
        }
    }
}
