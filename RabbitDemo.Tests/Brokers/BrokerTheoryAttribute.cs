namespace RabbitDemo.Tests.Brokers;

/// <summary>As <see cref="BrokerFactAttribute"/>, for a test with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrokerTheoryAttribute : TheoryAttribute
{
    private bool breaksIt;
    private bool needsPostgres;

    public BrokerTheoryAttribute() => Skip = TestBroker.WhyNone;

    /// <summary>As <see cref="BrokerFactAttribute.BreaksIt"/>.</summary>
    public bool BreaksIt
    {
        get => breaksIt;
        set
        {
            breaksIt = value;
            if (value && Skip is null)
                Skip = new BrokerFactAttribute { BreaksIt = true }.Skip;
        }
    }

    /// <summary>The test keeps its store in a PostgreSQL server.</summary>
    public bool NeedsPostgres
    {
        get => needsPostgres;
        set
        {
            needsPostgres = value;
            if (value)
                Skip ??= Store.PostgresServer.WhyNone;
        }
    }
}
