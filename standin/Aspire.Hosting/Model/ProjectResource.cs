using System.Text.Json;

namespace Aspire.Hosting.ApplicationModel
{
    public class ProjectResource(string name) : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource;

    public static class ProjectResourceExtensions
    {
        public static IEnumerable<ProjectResource> GetProjectResources(this DistributedApplicationModel model) =>
            model.Resources.OfType<ProjectResource>();

        public static IProjectMetadata GetProjectMetadata(this ProjectResource projectResource) =>
            projectResource.Annotations.OfType<IProjectMetadata>().Single();
    }

    public sealed class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
    {
        public int Replicas => replicas;
    }
}

namespace Aspire.Hosting
{
    public interface IProjectMetadata : ApplicationModel.IResourceAnnotation
    {
        string ProjectPath { get; }

        LaunchSettings? LaunchSettings => null;

        bool SuppressBuild => false;

        bool IsFileBasedApp => false;
    }

    public class ProjectResourceOptions
    {
        public string? LaunchProfileName { get; set; }

        public bool ExcludeLaunchProfile { get; set; }

        public bool ExcludeKestrelEndpoints { get; set; }
    }

    public sealed class LaunchSettings
    {
        private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
        {
            AllowTrailingCommas = true,
            ReadCommentHandling = JsonCommentHandling.Skip,
        };

        public Dictionary<string, LaunchProfile> Profiles { get; set; } = [];

        internal static LaunchSettings? Read(string? projectDirectory)
        {
            var file = Path.Combine(projectDirectory ?? "", "Properties", "launchSettings.json");
            return File.Exists(file) ? JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), s_json) : null;
        }
    }

    public sealed class LaunchProfile
    {
        public string? CommandName { get; set; }

        public string? CommandLineArgs { get; set; }

        public string? ApplicationUrl { get; set; }

        public string? LaunchUrl { get; set; }

        public Dictionary<string, string> EnvironmentVariables { get; set; } = [];
    }
}
