using Microsoft.Extensions.Options;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

internal static class StoreRegistration
{
    private const string ConnectionKey = "ConnectionStrings:store";

    /// <summary>Adds the store: the PostgreSQL database that <c>ConnectionStrings:store</c> names, else the SQLite file of the settings.</summary>
    public static void AddMessageStore(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptionsSection<StoreOptions, StoreOptionsValidator>(StoreOptions.Section);
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<StoreOptions>>().Value);
        builder.Services.AddSingleton(services => Open(
            services.GetRequiredService<StoreOptions>(), builder.Configuration.GetConnectionString("store"),
            services.GetRequiredService<IOptions<ReceiverOptions>>().Value.LongestRetryDelay()));
        builder.Services.AddSingleton<MessageStore>();
        builder.Services.AddSingleton<Retention>();
        builder.Services.AddHostedService<StoreService>();
        builder.Services.AddHealthChecks().AddCheck<StoreHealthCheck>("store", tags: ["ready"]);
    }

    /// <summary>
    /// A table of the service's own, for what its handler adds to events. It is created together with the store's, whose names it must not
    /// have, and there at the latest when the first event is handled.
    /// </summary>
    /// <param name="sql"><c>CREATE TABLE IF NOT EXISTS …</c>, in SQL that SQLite and PostgreSQL both take.</param>
    public static IServiceCollection AddStoreTable(this IServiceCollection services, string sql) => services.AddSingleton(new StoreTable(sql));

    /// <exception cref="SettingException">The connection string or the path cannot be used at all, or ids would be forgotten too soon.</exception>
    internal static StoreDatabase Open(StoreOptions options, string? connectionString, TimeSpan longestRetryDelay)
    {
        var timeout = TimeSpan.FromSeconds(options.TimeoutSeconds);
        if (options is { KeepEventsDays: > 0 } && options.KeepIdsDays < options.KeepEventsDays)
        {
            throw new SettingException(
                $"{StoreOptions.Section}:KeepIdsDays is {options.KeepIdsDays}: it must be at least KeepEventsDays, which is {options.KeepEventsDays}.");
        }

        if (TimeSpan.FromDays(options.KeepIdsDays) <= longestRetryDelay)
        {
            throw new SettingException(
                $"{StoreOptions.Section}:KeepIdsDays is {options.KeepIdsDays}: it must be more than the longest of {ReceiverOptions.Section}:RetryDelays, "
                + $"which is {longestRetryDelay}, or the attempts of a message would be forgotten while it waits.");
        }

        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return StoreDatabase.Sqlite(options.Path, timeout);
        }

        try
        {
            return StoreDatabase.Postgres(connectionString, timeout);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            throw new SettingException($"{ConnectionKey} is not a PostgreSQL connection string such as 'Host=localhost;Database=store;Username=app;Password=…'.");
        }
        catch (NotSupportedException e)
        {
            // Its message is the driver's words alone, with nothing of the string.
            throw new SettingException($"{ConnectionKey} cannot be used: {e.Message.TrimEnd('.')}.");
        }
    }
}
