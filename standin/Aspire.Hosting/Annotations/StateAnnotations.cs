namespace Aspire.Hosting.ApplicationModel;

public sealed class ExplicitStartupAnnotation : IResourceAnnotation;

public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key => key;
}

public class ResourceSnapshotAnnotation(CustomResourceSnapshot initialSnapshot) : IResourceAnnotation
{
    public CustomResourceSnapshot InitialSnapshot => initialSnapshot;
}

public sealed class ResourceIconAnnotation(string iconName, IconVariant iconVariant = IconVariant.Filled) : IResourceAnnotation
{
    public string IconName => iconName;

    public IconVariant IconVariant => iconVariant;
}

public enum IconVariant
{
    Regular,
    Filled,
}

internal sealed record HiddenAnnotation : IResourceAnnotation;

/// <summary>Asks for the variables that name the resource to its telemetry.</summary>
public class OtlpExporterAnnotation : IResourceAnnotation
{
    public OtlpProtocol? RequiredProtocol { get; init; }
}
