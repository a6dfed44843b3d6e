using System.Security.Cryptography;
using System.Text;

namespace RabbitDemo.AppHost;

/// <summary>Where everything that outlives a run is kept: <c>DataDirectory</c>, by default <c>.data</c> beside the solution.</summary>
internal sealed class DataDirectory(IDistributedApplicationBuilder builder)
{
    public string Path { get; } = System.IO.Path.GetFullPath(
        builder.Configuration["DataDirectory"] is { Length: > 0 } given ? given : ".data",
        System.IO.Path.GetFullPath("..", builder.AppHostDirectory));

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The container volume that belongs to this directory, as what is in it belongs together: no other directory has it.</summary>
    public string Volume(string name) => VolumeOf(Path, name);

    public static string VolumeOf(string path, string name) =>
        $"rabbitdemo-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16]}-{name}";
}
