using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace RabbitDemo.ServiceDefaults;

/// <summary>Every error, the framework's own included, is a problem document (RFC 9457) without a stack trace.</summary>
internal static class Problems
{
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddSingleton<EndpointParameters>();
        services.AddSingleton<UnreadableRequest>();
        services.AddProblemDetails();

        // Thrown in every environment, so that the problem can say what was wrong with the request.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.Configure<ExceptionHandlerOptions>(options =>
        {
            options.StatusCodeSelector = e => e switch
            {
                BadHttpRequestException bad => bad.StatusCode,
                ConnectionResetException => StatusCodes.Status499ClientClosedRequest,
                _ => StatusCodes.Status500InternalServerError
            };

            // The client's mistake is told to the client: it is no error of ours in log, trace or metric. Nor is a client that hangs up:
            // the framework knows that by itself only once the request is aborted, which may be after the read has failed.
            options.SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException or ConnectionResetException;
        });
    }

    public static void UseProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }
}
