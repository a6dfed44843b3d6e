using Microsoft.Extensions.Logging;

namespace RabbitDemo.Messaging;

internal static partial class EntityProblemLog
{
    public static void LogProblem(this ILogger logger, EntityProblem problem)
    {
        if (problem.IsAway)
        {
            logger.LogAway(problem.Entity, problem.Reason);
        }
        else
        {
            logger.LogDifference(problem.Entity, problem.Reason);
        }
    }

    [LoggerMessage(LogLevel.Error, "The broker has '{Entity}' otherwise than declared: {Difference}")]
    private static partial void LogDifference(this ILogger logger, string entity, string difference);

    [LoggerMessage(LogLevel.Warning, "'{Entity}' is away: {Reason}. Going on without it until it is back")]
    private static partial void LogAway(this ILogger logger, string entity, string reason);
}
