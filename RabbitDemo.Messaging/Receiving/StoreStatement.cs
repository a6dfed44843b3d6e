namespace RabbitDemo.Messaging;

/// <summary>A statement that the store runs in the transaction that stores an event. Made by <see cref="Delivery.AddStatement"/>.</summary>
/// <param name="Sql">One SQL statement, with parameters <c>$1</c>, <c>$2</c>…</param>
/// <param name="Values">Of its parameters, in their order.</param>
public sealed record StoreStatement(string Sql, IReadOnlyList<object?> Values);

/// <summary>
/// The database refuses a statement that a handler has added, and nothing of its event was stored: a failed attempt. The message is the
/// database's, in one line.
/// </summary>
public sealed class StatementRefusedException(string message, Exception? innerException = null) : Exception(message, innerException);
