using System.Diagnostics;

namespace RabbitDemo.Messaging;

/// <summary>What becomes of a delivery after its attempt.</summary>
/// <param name="IsAcknowledged">False leaves it to the broker, which delivers it again when the session has ended.</param>
/// <param name="Attempt">The attempt's span, for the acknowledgement to belong to.</param>
internal readonly record struct Ending(bool IsAcknowledged, Activity? Attempt)
{
    public static Ending Acknowledge(Activity? attempt = null) => new(true, attempt);

    public static Ending Leave() => new(false, null);
}
