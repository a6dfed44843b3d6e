using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace RabbitDemo.ServiceDefaults;

/// <summary>Writes a problem document whatever the client says it accepts: the framework's writer would fall back to plain text.</summary>
internal sealed class ProblemWriter(UnreadableRequest unreadable) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var problem = context.ProblemDetails;
        problem.Status ??= http.Response.StatusCode;
        problem.Title ??= ReasonPhrases.GetReasonPhrase(problem.Status.Value);
        problem.Detail ??= context.Exception is BadHttpRequestException bad ? unreadable.Describe(bad, http) : DescribeStatus(problem.Status.Value);
        if (Activity.Current is { } activity)
            problem.Extensions["traceId"] = activity.TraceId.ToHexString();

        // Without a token of ours it ends when the client goes away, and does not throw for it.
        return new(http.Response.WriteAsJsonAsync(problem, problem.GetType(), options: null, "application/problem+json"));
    }

    /// <summary>For the answers of the framework's routing, which come with a status alone.</summary>
    private static string? DescribeStatus(int status) => status switch
    {
        StatusCodes.Status415UnsupportedMediaType => "The request needs a JSON content type, such as Content-Type: application/json.",
        _ => null
    };
}
