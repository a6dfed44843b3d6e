using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

internal static class StopOrder
{
    /// <summary>In waves: each holds the resources that none of the later ones waits for.</summary>
    public static IEnumerable<IReadOnlyList<IResource>> Of(IReadOnlyCollection<IResource> resources)
    {
        List<IResource> left = [.. resources];
        while (left.Count > 0)
        {
            IResource[] wave = [.. left.Where(resource => !left.Any(other => other != resource && Needs(other, resource, [])))];
            if (wave.Length == 0)
                wave = [.. left];

            yield return wave;
            left.RemoveAll(wave.Contains);
        }
    }

    private static bool Needs(IResource resource, IResource needed, HashSet<IResource> seen) =>
        seen.Add(resource) && resource.Annotations.OfType<WaitAnnotation>().Any(wait => wait.Resource == needed || Needs(wait.Resource, needed, seen));
}
