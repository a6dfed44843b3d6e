using Microsoft.AspNetCore.Http.Features;

namespace RabbitDemo.Consumer.Messages;

internal static class PathSegment
{
    private const string EncodedSlash = "%2F";

    /// <summary>
    /// A segment of the request's path as its sender meant it: routing decodes everything but the slash, and afterwards an encoded slash
    /// and the text <c>%2F</c> look alike.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="routed">The segment as routing has it.</param>
    /// <param name="fromEnd">0 for the last segment, 1 for the one before it.</param>
    public static string AsSent(HttpContext context, string routed, int fromEnd)
    {
        if (!routed.Contains(EncodedSlash, StringComparison.OrdinalIgnoreCase))
        {
            return routed;
        }

        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var segments = target.Split('?')[0].TrimEnd('/').Split('/');
        return Uri.UnescapeDataString(segments[^(fromEnd + 1)]);
    }
}
