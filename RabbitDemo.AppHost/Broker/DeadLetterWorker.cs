namespace RabbitDemo.AppHost;

/// <summary>The broker's own worker that carries expired messages from a retry queue back to their work queue.</summary>
internal static class DeadLetterWorker
{
    /// <summary>
    /// Arguments of the Erlang VM. The worker tries again after this many milliseconds when the work queue was not there or did not
    /// confirm, as while a node starts; by default after three minutes.
    /// </summary>
    public const string TriesAgainSoon = "-rabbit dead_letter_worker_publisher_confirm_timeout 3000";
}
