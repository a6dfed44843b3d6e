namespace RabbitDemo.AppHost;

/// <summary>A RabbitMQ server that is installed here.</summary>
/// <param name="Server">The start script itself, not a distribution's wrapper, which changes user and directory.</param>
/// <param name="Epmd">Erlang's name server: a node cannot be found without one.</param>
internal sealed record ServerInstallation(string Server, string Epmd)
{
    private static readonly string[] ServerFolders =
        ["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin"];

    private static readonly string[] ErlangFolders =
        ["/usr/lib/erlang/bin", "/usr/local/lib/erlang/bin", "/opt/erlang/lib/erlang/bin", "/opt/homebrew/bin"];

    public static ServerInstallation? Find()
    {
        if (OperatingSystem.IsWindows()) // the scripts beside this file need a shell
            return null;

        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        return First(ServerFolders, "rabbitmq-server") is { } server && First([.. path, .. ErlangFolders], "epmd") is { } epmd
            ? new(server, epmd)
            : null;
    }

    private static string? First(string[] folders, string file) =>
        folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
}
