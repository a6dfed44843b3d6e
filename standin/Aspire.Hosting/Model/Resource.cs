using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

public abstract class Resource : IResource
{
    protected Resource(string name)
    {
        ModelName.Validate(nameof(Resource), name);
        Name = name;
    }

    public virtual string Name { get; }

    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}

/// <summary>Reading while another thread adds is safe: an enumeration sees the annotations of the moment it began.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>, IEnumerable<IResourceAnnotation>
{
    private readonly Lock _lock = new();

    IEnumerator<IResourceAnnotation> IEnumerable<IResourceAnnotation>.GetEnumerator()
    {
        lock (_lock)
        {
            return ((IEnumerable<IResourceAnnotation>)[.. Items]).GetEnumerator();
        }
    }

    protected override void InsertItem(int index, IResourceAnnotation item)
    {
        lock (_lock)
        {
            base.InsertItem(Math.Min(index, Count), item);
        }
    }

    protected override void RemoveItem(int index)
    {
        lock (_lock)
        {
            base.RemoveItem(index);
        }
    }
}
