using System.Globalization;

namespace RabbitDemo.Tests.Brokers;

/// <summary>Folders under the system's temporary one that name the process that made them, so that what a killed run left can be told from what is in use.</summary>
internal static class RunFolder
{
    public static string Create(string prefix) => Directory.CreateTempSubdirectory($"{prefix}{Environment.ProcessId}-").FullName;

    /// <summary>
    /// Deletes what runs left that are no more. What cannot be deleted stays: it is somebody else's, or another run is deleting it now.
    /// </summary>
    public static void DeleteThoseOfKilledRuns(string prefix)
    {
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), $"{prefix}*-*"))
        {
            var owner = Path.GetFileName(left)[prefix.Length..].Split('-')[0];
            if (!int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out _) || Directory.Exists($"/proc/{owner}"))
                continue;

            try
            {
                Directory.Delete(left, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
            }
        }
    }
}
