using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace Aspire.RabbitMQ.Client;

/// <summary>Writes the events of the client library's own source to the category <c>RabbitMQ.Client</c>.</summary>
internal sealed class RabbitMQEventSourceLogForwarder(ILoggerFactory loggerFactory) : IDisposable
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("RabbitMQ.Client");
    private Listener? _listener;

    public void Start() => _listener ??= new(this);

    public void Dispose() => _listener?.Dispose();

    private void Forward(EventWrittenEventArgs written)
    {
        var level = written.Level switch
        {
            EventLevel.Critical => LogLevel.Critical,
            EventLevel.Error => LogLevel.Error,
            EventLevel.Warning => LogLevel.Warning,
            EventLevel.Verbose => LogLevel.Debug,
            _ => LogLevel.Information,
        };
        // An error's second part is its exception, as a dictionary.
        var exception = written.Payload is [_, IDictionary<string, object?> details] ? details : null;
        _logger.Log(level, new EventId(written.EventId), (Message: written.Payload?[0] as string ?? "<empty>", Exception: exception), null, static (state, _) =>
            state.Exception is { } known ? $"{state.Message} {known["Type"]}: {known["Message"]} {known["InnerException"]}".TrimEnd() : state.Message);
    }

    private sealed class Listener : EventListener
    {
        // Sources that exist already are reported from within the base class's constructor.
        private readonly List<EventSource> _early = [];
        private readonly RabbitMQEventSourceLogForwarder? _owner;

        public Listener(RabbitMQEventSourceLogForwarder owner)
        {
            _owner = owner;
            _early.ForEach(Enable);
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            base.OnEventSourceCreated(eventSource);
            if (_owner is null)
                _early.Add(eventSource);
            else
                Enable(eventSource);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventId >= 0)
                _owner?.Forward(eventData);
        }

        private void Enable(EventSource source)
        {
            if (source.Name is "rabbitmq-client" or "rabbitmq-dotnet-client")
                EnableEvents(source, EventLevel.Verbose);
        }
    }
}
