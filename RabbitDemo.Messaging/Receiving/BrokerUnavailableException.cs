namespace RabbitDemo.Messaging;

/// <summary>The broker cannot take a copy of a delivery now, so that the delivery stays unacknowledged.</summary>
internal sealed class BrokerUnavailableException(string message) : Exception(message);
