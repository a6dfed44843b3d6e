using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace RabbitDemo.ServiceDefaults;

/// <summary>
/// A POST without a JSON content type is refused, even when it needs no body: a foreign web page can send any other type
/// to a service on loopback without asking first. So is a body that is compressed, which nothing here would decompress.
/// </summary>
internal static class JsonOnly
{
    private const string AsItIs = "identity";
    private static readonly string[] Json = ["application/json"];

    public static void UseJsonOnly(this IApplicationBuilder app) => app.Use((context, next) =>
        context.GetEndpoint() is RouteEndpoint endpoint && SendsBody(context) && Problem(context, endpoint) is { } problem
            ? RefuseAsync(context, problem)
            : next(context));

    /// <summary>Whether requests of this method are looked at: one that deletes when it has a body.</summary>
    public static bool MayRefuse(string method) => HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method);

    private static bool SendsBody(HttpContext context) =>
        MayRefuse(context.Request.Method)
        && (!HttpMethods.IsDelete(context.Request.Method)
            || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true });

    /// <summary>Null when there is none.</summary>
    private static string? Problem(HttpContext context, RouteEndpoint endpoint)
    {
        if (!IsAccepted(context.Request.ContentType, endpoint))
            return $"Content-Type must be {string.Join(" or ", Accepted(endpoint))} in UTF-8.";

        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals(AsItIs, StringComparison.OrdinalIgnoreCase))
            return null;

        context.Response.Headers.AcceptEncoding = AsItIs;
        return $"Content-Encoding is {encoding}: the body must come as it is.";
    }

    private static bool IsAccepted(string? contentType, RouteEndpoint endpoint) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && Accepted(endpoint).Any(accepted => type.MediaType.Equals(accepted, StringComparison.OrdinalIgnoreCase));

    private static IReadOnlyList<string> Accepted(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? Json;

    private static Task RefuseAsync(HttpContext context, string problem)
    {
        context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        return context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .WriteAsync(new() { HttpContext = context, ProblemDetails = { Detail = problem } })
            .AsTask();
    }
}
