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
/// to a service on loopback without asking first.
/// </summary>
internal static class JsonOnly
{
    private static readonly string[] Json = ["application/json"];

    public static void UseJsonOnly(this IApplicationBuilder app) => app.Use((context, next) =>
        context.GetEndpoint() is RouteEndpoint endpoint && SendsBody(context) && !IsAccepted(context.Request.ContentType, endpoint)
            ? RefuseAsync(context, Accepted(endpoint))
            : next(context));

    /// <summary>Whether requests of this method are looked at: one that deletes when it has a body.</summary>
    public static bool MayRefuse(string method) => HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method);

    private static bool SendsBody(HttpContext context) =>
        MayRefuse(context.Request.Method)
        && (!HttpMethods.IsDelete(context.Request.Method)
            || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true });

    private static bool IsAccepted(string? contentType, RouteEndpoint endpoint) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && Accepted(endpoint).Any(accepted => type.MediaType.Equals(accepted, StringComparison.OrdinalIgnoreCase));

    private static IReadOnlyList<string> Accepted(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? Json;

    private static Task RefuseAsync(HttpContext context, IReadOnlyList<string> accepted)
    {
        context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        return context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new()
        {
            HttpContext = context,
            ProblemDetails = { Detail = $"Content-Type must be {string.Join(" or ", accepted)} in UTF-8." }
        }).AsTask();
    }
}
