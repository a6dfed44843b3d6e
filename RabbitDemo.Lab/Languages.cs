using System.Globalization;
using Microsoft.AspNetCore.Localization;

namespace RabbitDemo.Lab;

/// <summary>English and Spanish: the visitor's choice by <c>/language/es</c>, kept in a cookie, else what the browser asks for.</summary>
internal static class Languages
{
    public static readonly IReadOnlyList<string> All = ["en", "es"];

    public static string Current => CultureInfo.CurrentUICulture.Name == "es" ? "es" : "en";

    public static void AddLanguages(this IServiceCollection services) => services.AddLocalization();

    public static void UseLanguages(this WebApplication app)
    {
        app.UseRequestLocalization(options =>
        {
            options.SetDefaultCulture(All[0]).AddSupportedCultures([.. All]).AddSupportedUICultures([.. All]);
            options.RequestCultureProviders = [new CookieRequestCultureProvider(), new CustomRequestCultureProvider(AskedForAsync)];
        });
        app.MapGet("/language/{language}", (string language, string? back, HttpContext context) =>
        {
            if (All.Contains(language))
            {
                context.Response.Cookies.Append(
                    CookieRequestCultureProvider.DefaultCookieName,
                    CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language)),
                    new() { MaxAge = TimeSpan.FromDays(365), HttpOnly = true, SameSite = SameSiteMode.Strict, IsEssential = true });
            }

            return Results.LocalRedirect(IsOwnPath(back) ? back ?? "/" : "/");
        }).ExcludeFromDescription();
    }

    /// <summary>The first that the browser would take, whatever the country: without culture data <c>es-ES</c> has no parent.</summary>
    private static Task<ProviderCultureResult?> AskedForAsync(HttpContext context)
    {
        var asked = context.Request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.ToString().Split('-')[0].ToLowerInvariant())
            .FirstOrDefault(All.Contains);
        return Task.FromResult(asked is null ? null : new ProviderCultureResult(asked));
    }

    /// <summary>Never to another site: a browser drops tabs and line ends, and then <c>/</c> and <c>/</c> stand side by side.</summary>
    internal static bool IsOwnPath(string? path) =>
        path is ['/', not ('/' or '\\'), ..] or ['/'] && !path.Any(char.IsControl);
}
