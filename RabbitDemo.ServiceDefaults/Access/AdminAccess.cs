using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RabbitDemo.ServiceDefaults;

/// <summary>The rule of <see cref="AccessKeyExtensions.RequireAdminKey"/> for pages, which learn the key from their visitor and not from a request.</summary>
public sealed class AdminAccess(IHostEnvironment environment, IConfiguration configuration)
{
    /// <summary>The request header that carries the key to a service.</summary>
    public const string Header = "X-Admin-Key";

    /// <summary>The one that carries the key of those that send events.</summary>
    public const string SendHeader = "X-Send-Key";

    private readonly byte[]? expected = Hash(configuration[AccessKey.Admin.Setting]);

    /// <summary>In development nobody is asked for a key.</summary>
    public bool IsOpen => environment.IsDevelopment();

    /// <summary>Outside development and without <c>RabbitDemo:AdminKey</c>, nobody has access.</summary>
    public bool IsClosed => !IsOpen && expected is null;

    public bool Allows(string? key) =>
        IsOpen || (expected is not null && CryptographicOperations.FixedTimeEquals(expected, Hash(key)));

    private static byte[]? Hash(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

public static class AdminAccessRegistration
{
    public static void AddAdminAccess(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<AdminAccess>();
}
