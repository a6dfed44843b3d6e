namespace RabbitDemo.AppHost;

internal enum BrokerKind
{
    Container,
    Process,
    External
}
