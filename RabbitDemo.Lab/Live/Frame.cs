namespace RabbitDemo.Lab.Live;

/// <summary>What the page draws next: dots for single messages, and how many went along each line.</summary>
/// <param name="Dots">Each along its lines, one after the other.</param>
/// <param name="Flows">By line: all that went along it since the last frame, those that have a dot too.</param>
public sealed record Frame(IReadOnlyList<Dot> Dots, IReadOnlyDictionary<string, long> Flows);

/// <param name="Kind">Its colour: a movement's kind, or <c>acknowledged</c>.</param>
/// <param name="Edges">The lines that it runs along; one that begins with <c>-</c> backwards.</param>
public sealed record Dot(string Kind, IReadOnlyList<string> Edges);
