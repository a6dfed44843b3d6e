namespace RabbitDemo.Tests.Brokers;

/// <summary>A node's place among those that form a cluster.</summary>
/// <param name="Name">The node's, before the <c>@</c>.</param>
/// <param name="MapperPort">Of the Erlang port mapper (epmd) of all; the first node runs it.</param>
/// <param name="Cookie">The secret of all.</param>
/// <param name="Members">The names of all, the first one first; empty for a node alone.</param>
internal sealed record ClusterSeat(string Name, int MapperPort, string Cookie, IReadOnlyList<string> Members)
{
    public bool IsFirst => Members.Count == 0 || Members[0] == Name;
}
