using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RabbitDemo.ServiceDefaults;

/// <summary>Checks an endpoint's <see cref="AccessKey"/> before any of its body is read.</summary>
internal static class AccessKeys
{
    public static void UseAccessKeys(this WebApplication app)
    {
        var development = app.Environment.IsDevelopment();
        var hashes = new[] { AccessKey.Admin, AccessKey.Send }.ToDictionary(key => key, key => Hash(app.Configuration[key.Setting]));

        app.Use((context, next) => context.GetEndpoint()?.Metadata.GetMetadata<AccessKey>() switch
        {
            null => next(context),
            { Optional: false } when development => next(context),
            { Optional: true } key when hashes[key] is null => next(context),
            var key when hashes[key] is null => RefuseAsync(context, StatusCodes.Status403Forbidden, $"Nobody may call this endpoint until {key.Setting} is set."),
            var key when Matches(hashes[key], context.Request.Headers[key.Header]) => next(context),
            var key => RefuseAsync(context, StatusCodes.Status401Unauthorized, $"{key.Header} must be this service's {key.Setting}.")
        });
    }

    /// <summary>Hashed first, so that neither the time nor the length tells how much of a key was right.</summary>
    private static bool Matches(byte[]? expected, string? given) =>
        CryptographicOperations.FixedTimeEquals(expected, Hash(given));

    private static byte[]? Hash(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static Task RefuseAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "ApiKey";
        return context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .WriteAsync(new() { HttpContext = context, ProblemDetails = { Detail = detail } })
            .AsTask();
    }
}
