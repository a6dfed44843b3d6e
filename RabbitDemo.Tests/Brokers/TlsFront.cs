using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RabbitDemo.Tests.Brokers;

/// <summary>Speaks TLS with clients and plain AMQP with the broker behind it; its certificate, signed by itself, is for one host.</summary>
internal sealed class TlsFront : IDisposable
{
    private readonly Uri broker;
    private readonly X509Certificate2 certificate;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private int greeted;

    /// <param name="broker">An <c>amqp</c> address.</param>
    /// <param name="host">The name that the certificate is for.</param>
    public TlsFront(Uri broker, string host)
    {
        this.broker = broker;
        using var key = RSA.Create(2048);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(names.Build());
        certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The broker's address, as a client of this one writes it: on <c>localhost</c>, whatever the certificate is for.</summary>
    public Uri Amqps => new UriBuilder(broker) { Scheme = "amqps", Host = "localhost", Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri;

    /// <summary>What a client has to trust, as a PEM file has it.</summary>
    public string Certificate => certificate.ExportCertificatePem();

    /// <summary>Connections on which a client said something, the handshake apart.</summary>
    public int Greeted => Volatile.Read(ref greeted);

    public void Dispose()
    {
        ending.Cancel();
        listener.Dispose();
        certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(ending.Token));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var server = new TcpClient();
        await using var secret = new SslStream(client.GetStream());
        try
        {
            await secret.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, ending.Token);
            var greeting = new byte["AMQP0091".Length];
            await secret.ReadExactlyAsync(greeting, ending.Token);
            Interlocked.Increment(ref greeted);
            await server.ConnectAsync(broker.Host, broker.Port, ending.Token);
            await server.GetStream().WriteAsync(greeting, ending.Token);
            await await Task.WhenAny(
                secret.CopyToAsync(server.GetStream(), ending.Token),
                server.GetStream().CopyToAsync(secret, ending.Token)); // either end's end is the other's
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            // A client that did not want this certificate, or was killed; or the test is over.
        }
    }
}
