namespace RabbitDemo.Tests.Brokers;

/// <summary>A test that needs a real broker: skipped, with the reason, only where none can be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrokerFactAttribute : FactAttribute
{
    private bool breaksIt;

    public BrokerFactAttribute() => Skip = TestBroker.WhyNone;

    /// <summary>The test kills, stops or starves the broker: only a private node takes that.</summary>
    public bool BreaksIt
    {
        get => breaksIt;
        set
        {
            breaksIt = value;
            if (value && Skip is null && !TestBroker.CanBreak)
                Skip = "Needs a RabbitMQ node of its own: install rabbitmq-server and leave RABBITDEMO_TEST_AMQP unset.";
        }
    }
}
