namespace RabbitDemo.Messaging;

/// <summary>
/// Thrown by an <see cref="IEventHandler"/>: no retry will help this event. The attempt counts, and the event is dead at once as
/// <see cref="DeathReasons.PermanentFailure"/>, with this exception's message for whoever looks at the dead letters; it can be redriven
/// as any other. Only the exception that leaves the handler counts, not one inside another.
/// </summary>
/// <remarks>
/// As any attempt it may be made more than once: when the process dies before the dead letter is with the broker, the handler
/// runs again.
/// </remarks>
/// <param name="message">Why, in one line for people: without the payload, and without a secret.</param>
/// <param name="innerException">What caused it; named in the same line.</param>
public sealed class PermanentFailureException(string message, Exception? innerException = null) : Exception(message, innerException);
