namespace RabbitDemo.Tests;

/// <summary>A test of what a file's mode forbids: skipped where nothing is forbidden to the user.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute() => Skip = Environment.IsPrivilegedProcess || OperatingSystem.IsWindows() ? "Needs a user whom a file's mode keeps out." : null;
}
