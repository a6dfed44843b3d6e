using System.Text.Json.Nodes;

namespace RabbitDemo.Lab.Live;

/// <summary>The part of a consumer's fault plan that the sliders move; the rest of it is handed back as it came.</summary>
internal sealed class FaultPlan(JsonObject plan)
{
    private const string Any = "*";

    /// <summary>Null when the plan says nothing: then the service's own setting holds.</summary>
    public int? DelayMilliseconds
    {
        get => Get("delayMilliseconds");
        set => Set("delayMilliseconds", value);
    }

    public int FailPercent
    {
        get => (int?)plan["failPercent"] ?? 0;
        set => plan["failPercent"] = value;
    }

    /// <summary>Null for the service's own setting.</summary>
    public int? Prefetch
    {
        get => Get("prefetch");
        set => Set("prefetch", value);
    }

    /// <summary>As configured, in all that a plan says.</summary>
    public void Clear() => plan.Clear();

    public JsonObject ToJson() => plan;

    private int? Get(string member) => (int?)plan[member]?[Any];

    private void Set(string member, int? value) => plan[member] = value is { } number ? new JsonObject { [Any] = number } : null;
}
