namespace RabbitDemo.Messaging;

/// <summary>What a handler adds to its delivery, until the handler has ended. It does not change after that, so that all who read it read the same.</summary>
internal sealed class StatementList
{
    /// <summary>Of a handler that has added nothing.</summary>
    public static readonly StatementList None = new() { isClosed = true };

    private readonly Lock gate = new();
    private readonly List<StoreStatement> all = [];
    private bool isClosed;

    public IReadOnlyList<StoreStatement> All => all;

    /// <exception cref="InvalidOperationException">The handler has ended.</exception>
    public void Add(StoreStatement statement)
    {
        lock (gate)
        {
            if (isClosed)
            {
                throw new InvalidOperationException("The handler has ended: a statement that is added now would not be stored with its event.");
            }

            all.Add(statement);
        }
    }

    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
        }
    }
}
