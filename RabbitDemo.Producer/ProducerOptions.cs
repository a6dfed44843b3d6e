using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using RabbitDemo.Producer.Outbox;

namespace RabbitDemo.Producer;

/// <summary>What the producer takes: section <c>RabbitDemo</c>.</summary>
internal sealed record ProducerOptions
{
    public const string Section = "RabbitDemo";

    /// <summary>When an event is answered 202.</summary>
    [EnumDataType(typeof(Delivery), ErrorMessage = "{0} must be Confirm or Outbox.")]
    public Delivery Delivery { get; init; } = Delivery.Confirm;

    /// <summary>The largest event, in bytes of its JSON as sent. RabbitMQ 4 takes messages up to 16 MB unless told otherwise.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class ProducerOptionsValidator : IValidateOptions<ProducerOptions>;

/// <summary>Limits the body of a request to one event.</summary>
internal sealed class OneEventLimit(IOptions<ProducerOptions> options) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => options.Value.MaxBodyBytes;
}

/// <summary>For a body that is read as a stream: each of its items is limited, their number is not.</summary>
internal sealed class NoBodyLimit : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => null;
}
