namespace RabbitDemo.Benchmarks.Candidates;

/// <summary>The event that every candidate sends: 256 bytes of JSON with an eight-digit number.</summary>
public sealed record BenchEvent(long Id, string Tipo, BenchPayload Payload)
{
    public static BenchEvent Of(long id) => new(id, "registro", BenchPayload.Padded);
}

public sealed record BenchPayload(string Usuario, string Relleno)
{
    internal static readonly BenchPayload Padded = new("admin", new string('x', 172));
}
