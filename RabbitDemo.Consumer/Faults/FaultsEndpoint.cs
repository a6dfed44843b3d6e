using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Consumer.Store;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.Faults;

internal static class FaultsEndpoint
{
    /// <summary>Only in development: elsewhere there is no such address.</summary>
    public static void MapFaults(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            return;
        }

        app.MapGet("/faults", GetAsync).RequireAdminKey().SaysWhenTheStoreIsAway()
            .WithSummary("What goes wrong on purpose, with what is left of each count.");
        app.MapPut("/faults", PutAsync).RequireAdminKey().SaysWhenTheStoreIsAway()
            .WithSummary("Replaces the whole plan, for every replica of the service; {} ends all faults.");
    }

    private static async Task<Ok<FaultPlan>> GetAsync(FaultPlans plans, CancellationToken cancellationToken) =>
        TypedResults.Ok(await plans.ReadAsync(cancellationToken));

    private static async Task<Results<Ok<FaultPlan>, ValidationProblem>> PutAsync(FaultPlan plan, FaultPlans plans, CancellationToken cancellationToken)
    {
        if (plan.Problems() is { Count: > 0 } problems)
        {
            return TypedResults.ValidationProblem(problems);
        }

        await plans.WriteAsync(plan, cancellationToken);
        return TypedResults.Ok(plan);
    }
}
