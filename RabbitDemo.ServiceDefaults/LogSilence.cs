using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RabbitDemo.ServiceDefaults;

internal static class LogSilence
{
    /// <summary>
    /// Nothing of <paramref name="category"/> is logged unless the configuration names a level for it (<c>Logging:LogLevel:{category}</c>):
    /// of two rules for one category the later counts, so this one comes first.
    /// </summary>
    public static void SilenceUnlessConfigured(this ILoggingBuilder logging, string category) => logging.Services.Configure<LoggerFilterOptions>(
        options => options.Rules.Insert(0, new(providerName: null, category, LogLevel.None, filter: null)));
}
