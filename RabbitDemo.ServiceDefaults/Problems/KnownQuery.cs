using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.DependencyInjection;
using RabbitDemo.Messaging;

namespace RabbitDemo.ServiceDefaults;

/// <summary>
/// A query parameter that the endpoint does not have is refused. It may be one that it has, misspelt, and what is asked for without
/// it is something else: to delete all dead letters instead of a queue's.
/// </summary>
internal static class KnownQuery
{
    public static void UseKnownQuery(this WebApplication app)
    {
        var parameters = app.Services.GetRequiredService<EndpointParameters>();
        app.Use((context, next) =>
            context.Request.QueryString.HasValue
            && parameters.Of(context.GetEndpoint()) is { } taken
            && Unknown(context.Request.Query, taken) is { Count: > 0 } unknown
                ? RefuseAsync(context, unknown, taken)
                : next(context));
    }

    private static List<string> Unknown(IQueryCollection query, ApiParameterDescription[] taken)
    {
        var unknown = new List<string>();
        foreach (var (name, _) in query)
        {
            if (!Array.Exists(taken, parameter => IsInQuery(parameter) && parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                unknown.Add(name);
        }

        return unknown;
    }

    private static bool IsInQuery(ApiParameterDescription parameter) => parameter.Source == BindingSource.Query;

    private static Task RefuseAsync(HttpContext context, List<string> unknown, ApiParameterDescription[] taken)
    {
        var known = taken.Where(IsInQuery).Select(parameter => parameter.Name).ToArray();
        var others = known.Length == 0 ? "nor any other" : $"only {string.Join(", ", known)}";
        var errors = unknown.Take(EventoProblem.Most).ToDictionary(name => name, name => new[] { $"There is no query parameter {name} here, {others}." });
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new()
        {
            HttpContext = context,
            ProblemDetails = new HttpValidationProblemDetails(errors) { Title = "The query is not one that this endpoint takes." }
        }).AsTask();
    }
}
