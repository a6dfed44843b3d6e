using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

/// <summary>Properties as the client library writes them, but with bytes of another encoding, or of none, in them.</summary>
internal sealed class SpoiltProperties(BasicProperties written, Action<Span<byte>> spoil) : IReadOnlyBasicProperties, IAmqpHeader
{
    /// <summary>Stands for a byte that no UTF-8 has.</summary>
    public const char NoUtf8 = '~';

    /// <summary>Each <see cref="NoUtf8"/> goes out as the byte FF.</summary>
    public static SpoiltProperties Of(BasicProperties written) => new(written, static bytes => bytes.Replace((byte)NoUtf8, (byte)0xFF));

    ushort IAmqpHeader.ProtocolClassId => ((IAmqpHeader)written).ProtocolClassId;

    int IAmqpWriteable.GetRequiredBufferSize() => ((IAmqpWriteable)written).GetRequiredBufferSize();

    int IAmqpWriteable.WriteTo(Span<byte> span)
    {
        var length = ((IAmqpWriteable)written).WriteTo(span);
        spoil(span[..length]);
        return length;
    }

    public string? AppId => written.AppId;

    public string? ClusterId => written.ClusterId;

    public string? ContentEncoding => written.ContentEncoding;

    public string? ContentType => written.ContentType;

    public string? CorrelationId => written.CorrelationId;

    public DeliveryModes DeliveryMode => written.DeliveryMode;

    public string? Expiration => written.Expiration;

    public IDictionary<string, object?>? Headers => written.Headers;

    public string? MessageId => written.MessageId;

    public bool Persistent => written.Persistent;

    public byte Priority => written.Priority;

    public string? ReplyTo => written.ReplyTo;

    public PublicationAddress? ReplyToAddress => written.ReplyToAddress;

    public AmqpTimestamp Timestamp => written.Timestamp;

    public string? Type => written.Type;

    public string? UserId => written.UserId;

    public bool IsAppIdPresent() => written.IsAppIdPresent();

    public bool IsClusterIdPresent() => written.IsClusterIdPresent();

    public bool IsContentEncodingPresent() => written.IsContentEncodingPresent();

    public bool IsContentTypePresent() => written.IsContentTypePresent();

    public bool IsCorrelationIdPresent() => written.IsCorrelationIdPresent();

    public bool IsDeliveryModePresent() => written.IsDeliveryModePresent();

    public bool IsExpirationPresent() => written.IsExpirationPresent();

    public bool IsHeadersPresent() => written.IsHeadersPresent();

    public bool IsMessageIdPresent() => written.IsMessageIdPresent();

    public bool IsPriorityPresent() => written.IsPriorityPresent();

    public bool IsReplyToPresent() => written.IsReplyToPresent();

    public bool IsTimestampPresent() => written.IsTimestampPresent();

    public bool IsTypePresent() => written.IsTypePresent();

    public bool IsUserIdPresent() => written.IsUserIdPresent();
}
