using Microsoft.AspNetCore.Builder;

namespace RabbitDemo.ServiceDefaults;

/// <summary>A key that an endpoint asks for.</summary>
/// <param name="Header">The request header that carries it.</param>
/// <param name="Setting">The configuration key that holds it.</param>
/// <param name="Optional">Without the setting everyone may call. Otherwise nobody may, except in development, where no key is asked for.</param>
internal sealed record AccessKey(string Header, string Setting, bool Optional)
{
    public static readonly AccessKey Admin = new(AdminAccess.Header, "RabbitDemo:AdminKey", Optional: false);
    public static readonly AccessKey Send = new(AdminAccess.SendHeader, "RabbitDemo:SendKey", Optional: true);
}

public static class AccessKeyExtensions
{
    /// <summary>For an endpoint that changes state or shows payloads: outside development it needs <c>X-Admin-Key</c>, and is refused while <c>RabbitDemo:AdminKey</c> is not set.</summary>
    public static TBuilder RequireAdminKey<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(AccessKey.Admin);

    /// <summary>For an endpoint that takes events: it needs <c>X-Send-Key</c> where <c>RabbitDemo:SendKey</c> is set.</summary>
    public static TBuilder RequireSendKey<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(AccessKey.Send);
}
