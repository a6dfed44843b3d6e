using System.Security.Authentication;
using RabbitDemo.Messaging;
using RabbitMQ.Client.Exceptions;

namespace RabbitDemo.Tests.Engine;

public sealed class BrokerErrorsTests
{
    [Fact]
    public void SaysOfACertificateWhatItsReaderCanMend()
    {
        var failure = new BrokerUnreachableException(new AuthenticationException("The remote certificate was rejected."));

        Assert.True(BrokerErrors.IsBrokerFailure(failure));
        Assert.Equal(
            "TLS failed, which is most often a certificate that is not trusted, or not this host's: The remote certificate was rejected",
            BrokerErrors.Describe(failure));
    }

    [Fact]
    public void SaysTheInnermostReasonInOneLineWithoutAFullStop() =>
        Assert.Equal("first second", BrokerErrors.Describe(new IOException("outer", new IOException("first\nsecond."))));
}
