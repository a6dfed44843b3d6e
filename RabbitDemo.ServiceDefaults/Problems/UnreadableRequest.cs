using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace RabbitDemo.ServiceDefaults;

/// <summary>Why a request could not be read, for its client: the framework speaks of the handler's parameters and their types.</summary>
internal sealed class UnreadableRequest(EndpointParameters parameters, IOptions<JsonOptions> json)
{
    private const string OtherBody = "The body is not what this endpoint takes";

    public string Describe(BadHttpRequestException failure, HttpContext context)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        return failure.InnerException switch
        {
            JsonException { Path: { Length: > 1 } path } => $"{OtherBody}, at {path}.",
            JsonException => DescribeBody(endpoint, OtherBody) ?? $"{OtherBody}.",
            null when IsOfBinding(failure) => DescribeParameters(endpoint, context.Request) ?? DescribeMissingBody(endpoint, context) ?? failure.Message,
            _ => failure.Message
        };
    }

    /// <summary>The server's own, about a body that is too long or ends too early, is of a type derived from this.</summary>
    private static bool IsOfBinding(BadHttpRequestException failure) => failure.GetType() == typeof(BadHttpRequestException);

    private string? DescribeParameters(Endpoint? endpoint, HttpRequest request) =>
        parameters.Of(endpoint)?.Select(parameter => UnreadableParameter.Describe(parameter, request)).FirstOrDefault(line => line is not null);

    private string? DescribeMissingBody(Endpoint? endpoint, HttpContext context) =>
        DescribeBody(endpoint, context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } ? "The body is null" : "The body is empty");

    /// <summary>Null for an endpoint that takes no JSON object.</summary>
    private string? DescribeBody(Endpoint? endpoint, string found) =>
        endpoint?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } type
        && json.Value.SerializerOptions.GetTypeInfo(type).Properties is { Count: > 0 } members
            ? $"{found}: it must be a JSON object with any of {string.Join(", ", members.Select(member => member.Name))}."
            : null;
}
