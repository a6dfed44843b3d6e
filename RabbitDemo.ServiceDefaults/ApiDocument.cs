using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection;
using Scalar.AspNetCore;

namespace RabbitDemo.ServiceDefaults;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c> and its page at <c>/scalar</c>, which loads nothing from elsewhere.</summary>
internal static class ApiDocument
{
    private const string Page = "/scalar";

    /// <summary>The page's own bundle styles itself inline; nothing else may load or be called.</summary>
    private const string OwnContentOnly =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";

    public static void AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi().AddSingleton<IApiDescriptionProvider, DeclaredRefusals>();

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi();
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments(Page))
                context.Response.Headers.ContentSecurityPolicy = OwnContentOnly;
            return next(context);
        });
        app.MapScalarApiReference(Page, options =>
        {
            options.Title = app.Environment.ApplicationName;
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.ProxyUrl = null;
            options.DisableAgent();
            options.DisableMcp();
        });
    }
}
