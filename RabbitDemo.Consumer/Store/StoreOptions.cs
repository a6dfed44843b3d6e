using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Consumer.Store;

/// <summary>Configuration section <c>RabbitDemo:Store</c>: where a service keeps its events, and for how long.</summary>
internal sealed record StoreOptions
{
    public const string Section = "RabbitDemo:Store";

    /// <summary>
    /// The SQLite file, shared by the service's replicas on one machine; its folder is made when it is missing. A local disk:
    /// SQLite's locks do not work on network file systems. Not used when <c>ConnectionStrings:store</c> names a PostgreSQL database.
    /// </summary>
    [Required(ErrorMessage = "{0} must be the name of a file.")]
    public string Path { get; init; } = ".data/store.db";

    /// <summary>How long a write waits for a database that is locked or away before the service stops consuming, in seconds.</summary>
    [Range(0.1, 60)]
    public double TimeoutSeconds { get; init; } = 5;

    /// <summary>Events stored longer ago than this many days are removed; 0 keeps them for ever.</summary>
    [Range(0, 36_500)]
    public double KeepEventsDays { get; init; } = 7;

    /// <summary>When there are more events than this, the oldest are removed; 0 for no limit.</summary>
    [Range(0, 1_000_000_000_000)]
    public long KeepEvents { get; init; } = 1_000_000;

    /// <summary>
    /// How many days the id of a settled message is remembered, at least for as long as its event is kept. A copy that comes later
    /// is taken for a new message: this is the window in which "exactly once" holds. More than the longest retry delay.
    /// </summary>
    [Range(1, 36_500)]
    public double KeepIdsDays { get; init; } = 30;

    /// <summary>How often old events and ids are looked for, in seconds; for at most half of them the ids and letters are walked.</summary>
    [Range(1, 86_400)]
    public double SweepSeconds { get; init; } = 60;
}

[OptionsValidator]
internal sealed partial class StoreOptionsValidator : IValidateOptions<StoreOptions>;
