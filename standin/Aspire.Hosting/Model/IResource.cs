namespace Aspire.Hosting.ApplicationModel
{
    public interface IResource
    {
        string Name { get; }

        ResourceAnnotationCollection Annotations { get; }
    }

    public interface IResourceAnnotation;

    public interface IResourceWithArgs : IResource;

    public interface IResourceWithEndpoints : IResource;

    public interface IResourceWithEnvironment : IResource;

    public interface IResourceWithoutLifetime : IResource;

    public interface IResourceWithProbes : IResource;

    public interface IResourceWithWaitSupport : IResource;

    public interface IComputeResource : IResource;

    public interface IResourceWithParent : IResource
    {
        IResource Parent { get; }
    }

    public interface IResourceWithParent<out T> : IResourceWithParent where T : IResource
    {
        new T Parent { get; }

        IResource IResourceWithParent.Parent => Parent;
    }
}

namespace Aspire.Hosting
{
    public interface IResourceWithServiceDiscovery : ApplicationModel.IResourceWithEndpoints;
}
