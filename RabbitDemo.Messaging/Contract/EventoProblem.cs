namespace RabbitDemo.Messaging;

/// <summary>What is wrong with a body that should be an <see cref="Evento"/>.</summary>
/// <param name="Member">The member's name; empty for the body as a whole.</param>
/// <param name="Message">One sentence for the sender.</param>
public sealed record EventoProblem(string Member, string Message)
{
    /// <summary>A hostile body can be wrong in a hundred thousand members: the first few problems tell its sender enough.</summary>
    public const int Most = 16;
}
