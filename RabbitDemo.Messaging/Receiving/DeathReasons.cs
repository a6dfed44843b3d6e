namespace RabbitDemo.Messaging;

/// <summary>Why a message is dead.</summary>
public static class DeathReasons
{
    /// <summary>The handler threw on its last attempt.</summary>
    public const string HandlerFailed = "handler-failed";

    /// <summary>The handler said that no retry will help (<see cref="PermanentFailureException"/>).</summary>
    public const string PermanentFailure = "permanent-failure";

    /// <summary>The handler was still running at its time limit on its last attempt.</summary>
    public const string HandlerTimedOut = "handler-timed-out";

    /// <summary>The process died while handling it, <c>RabbitDemo:Receiver:MaxCrashes</c> times.</summary>
    public const string Crashed = "crashed";

    /// <summary>Not JSON, or not an event.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The body is over the size limit.</summary>
    public const string TooLarge = "too-large";

    /// <summary>Another event is known under the same id: stored, dead, or attempted first.</summary>
    public const string IdConflict = "id-conflict";

    /// <summary>The broker dead-lettered it: its own reason follows the colon (<c>broker:delivery_limit</c>).</summary>
    public const string BrokerPrefix = "broker:";
}
