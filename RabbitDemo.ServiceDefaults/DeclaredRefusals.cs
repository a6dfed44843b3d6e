using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace RabbitDemo.ServiceDefaults;

/// <summary>Adds to every endpoint's description how the pipeline refuses a request before it gets there: no endpoint need declare that.</summary>
internal sealed class DeclaredRefusals : IApiDescriptionProvider
{
    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context) { }

    /// <summary>By now all endpoints are described.</summary>
    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
        foreach (var endpoint in context.Results)
        {
            foreach (var status in Refusals(endpoint).Except(endpoint.SupportedResponseTypes.Select(response => response.StatusCode)).ToArray())
            {
                endpoint.SupportedResponseTypes.Add(new()
                {
                    StatusCode = status,
                    Type = status == StatusCodes.Status400BadRequest ? typeof(HttpValidationProblemDetails) : typeof(ProblemDetails),
                    ApiResponseFormats = [new() { MediaType = "application/problem+json" }]
                });
            }
        }
    }

    private static IEnumerable<int> Refusals(ApiDescription endpoint)
    {
        yield return StatusCodes.Status400BadRequest;
        var metadata = endpoint.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<AccessKey>().LastOrDefault() is { } key)
        {
            yield return StatusCodes.Status401Unauthorized;
            if (!key.Optional)
                yield return StatusCodes.Status403Forbidden;
        }

        if (!JsonOnly.MayRefuse(endpoint.HttpMethod ?? ""))
            yield break;

        yield return StatusCodes.Status415UnsupportedMediaType;
        if (metadata.OfType<IRequestSizeLimitMetadata>().LastOrDefault() is not { MaxRequestBodySize: null })
            yield return StatusCodes.Status413PayloadTooLarge;
    }
}
