using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Messaging;

/// <summary>Options that a section of the configuration holds.</summary>
public static class OptionsSection
{
    /// <summary>
    /// Adds them, checked when the host starts. By its own defaults the binder would pass over a name that it does not know, and over
    /// a value of a dictionary's member that is not of its type.
    /// </summary>
    public static IServiceCollection AddOptionsSection<TOptions, TValidator>(this IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>().BindConfiguration(section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        return services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
    }
}
