using System.Diagnostics;

namespace RabbitDemo.Messaging;

internal static class ActivityFailure
{
    /// <param name="activity">Not ended yet.</param>
    /// <param name="errorType">What alerts can count: an outcome, or the full name of an exception's type.</param>
    /// <param name="description">One line for people.</param>
    /// <param name="thrown">Becomes an event of the span, with its stack.</param>
    public static void Fail(this Activity activity, string errorType, string? description, Exception? thrown = null)
    {
        activity.SetTag("error.type", errorType);
        activity.SetStatus(ActivityStatusCode.Error, description);
        if (thrown is not null && activity.IsAllDataRequested)
        {
            activity.AddException(thrown);
        }
    }

    public static void Fail(this Activity activity, Exception e) =>
        activity.Fail(e.GetType().FullName ?? e.GetType().Name, BrokerErrors.Describe(e));
}
