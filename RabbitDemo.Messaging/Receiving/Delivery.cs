using System.Runtime.CompilerServices;

namespace RabbitDemo.Messaging;

/// <summary>One event as a queue delivered it. Nothing in it refers to the client library's pooled memory.</summary>
public sealed record Delivery
{
    private readonly Delivery received;
    private StatementList? statements;

    /// <summary>As it was received. A copy made of it (<c>with</c>) is the same delivery: what is added to one is added to both.</summary>
    public Delivery() => received = this;

    /// <summary>The work queue. (<see cref="Queue"/>, <see cref="MessageId"/>) identifies the delivery.</summary>
    public required string Queue { get; init; }

    public required string MessageId { get; init; }

    public required Evento Evento { get; init; }

    /// <summary>Of the event in its canonical form: tells whether two messages with one id carry the same event.</summary>
    public required UInt128 Fingerprint { get; init; }

    /// <summary>The exchange that it was first published to; retries and redrives do not change it. Empty for the default exchange.</summary>
    public required string Exchange { get; init; }

    /// <summary>The key that it was first published with.</summary>
    public required string RoutingKey { get; init; }

    /// <summary>The broker has delivered this message before, so that an earlier attempt may have been cut short.</summary>
    public required bool Redelivered { get; init; }

    /// <summary>It was redelivered, and an earlier attempt may have ended its process: this one is recorded when it begins.</summary>
    public required bool IsCrashSuspect { get; init; }

    /// <summary>How often an operator had redriven it from the dead letters when it was published; 0 for a message never redriven.</summary>
    public required int Redrive { get; init; }

    /// <summary>When the producer published it, to the second; null from a foreign client that does not say.</summary>
    public required DateTimeOffset? PublishedAt { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>32 hexadecimal digits; null when neither the message nor a listener began a trace.</summary>
    public required string? TraceId { get; init; }

    /// <summary>The W3C traceparent that the message carried; null if none.</summary>
    public required string? TraceParent { get; init; }

    /// <summary>The consumer instance that holds it: service name and instance id.</summary>
    public required string Consumer { get; init; }

    /// <summary>What the handler has added, in that order.</summary>
    public IReadOnlyList<StoreStatement> Statements => received.statements?.All ?? [];

    /// <summary>
    /// Adds a statement that happens <b>once</b> for the event: the store runs it, after those added before, in the very transaction that
    /// stores this delivery's event, and not at all when the event is stored already or another is under its id. An attempt that comes
    /// later begins without any.
    /// </summary>
    /// <param name="sql">
    /// One statement that changes data, in the SQL of the service's database, with parameters <c>$1</c>, <c>$2</c>… It may run again after
    /// a rollback. It does not begin or end a transaction.
    /// </param>
    /// <param name="values">Of its parameters: text, numbers, <c>byte[]</c>, null, or what else the database's driver takes.</param>
    /// <remarks>
    /// To be called by the handler until it ends. When the database refuses the statement, the attempt has failed and nothing is stored:
    /// the event is retried after a delay, then dead-lettered with the database's message.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The handler has ended.</exception>
    public void AddStatement(string sql, params object?[] values)
    {
        var list = Volatile.Read(ref received.statements);
        if (list is null)
        {
            var added = new StatementList();
            list = Interlocked.CompareExchange(ref received.statements, added, null) ?? added;
        }

        list.Add(new(sql, [.. values]));
    }

    /// <summary>The handler has ended: what is added later does not count.</summary>
    internal void CloseStatements() => Interlocked.CompareExchange(ref received.statements, StatementList.None, null)?.Close();

    /// <summary>Each is a delivery of its own, whatever it says.</summary>
    public bool Equals(Delivery? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
