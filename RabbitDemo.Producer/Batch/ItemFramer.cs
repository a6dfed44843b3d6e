using System.Buffers;

namespace RabbitDemo.Producer.Batch;

internal enum ItemKind
{
    Whole,

    /// <summary>Over the limit; its bytes were skipped, not kept.</summary>
    TooLarge,

    /// <summary>The input ended inside the array: what was begun is not an item.</summary>
    Cut,

    /// <summary>Something follows the array. Nothing after it is read.</summary>
    Trailing
}

/// <summary>
/// Splits a body into the bytes of its items: the lines of newline-delimited JSON or the elements of an array, told apart by
/// the first byte that is no white space. It finds where an item ends and leaves judging it to its reader, so that one broken
/// item does not take the rest with it. It holds one item at a time, at most <paramref name="maxItemBytes"/>.
/// </summary>
internal sealed class ItemFramer(int maxItemBytes)
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[],"u8);

    private readonly ArrayBufferWriter<byte> item = new(4096);
    private Shape shape;
    private bool tooLarge, inString, escaped, pastComma;
    private int depth;

    private enum Shape { Undecided, Lines, Array, AfterArray, Finished }

    public ItemKind Kind { get; private set; }

    /// <summary>The item that was found last, valid until the next call.</summary>
    public ReadOnlySpan<byte> Item => item.WrittenSpan;

    /// <summary>Takes bytes off the front of <paramref name="input"/> until an item has ended there. False when they are used up first.</summary>
    public bool TryNext(ref ReadOnlySequence<byte> input)
    {
        if (ended)
        {
            Reset();
        }

        while (!input.IsEmpty && shape != Shape.Finished)
        {
            var span = input.FirstSpan;
            var used = shape switch
            {
                Shape.Undecided => Decide(span),
                Shape.Lines => TakeLine(span),
                Shape.Array => TakeElement(span),
                _ => TakeRest(span)
            };
            input = input.Slice(used);
            if (ended)
                return true;
        }

        return false;
    }

    /// <summary>Call once at the end of the input: true when it leaves one more item.</summary>
    public bool TryEnd()
    {
        if (ended)
            Reset();
        return shape switch
        {
            Shape.Lines => End(IsBlank ? null : ItemKind.Whole),
            Shape.Array => End(ItemKind.Cut),
            _ => false
        };
    }

    private bool ended;

    private bool IsBlank => !tooLarge && item.WrittenSpan.IndexOfAnyExcept(" \t\r\n"u8) < 0;

    private int Decide(ReadOnlySpan<byte> span)
    {
        var start = span.IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0)
            return span.Length;

        shape = span[start] == '[' ? Shape.Array : Shape.Lines;
        return shape == Shape.Array ? start + 1 : start;
    }

    private int TakeLine(ReadOnlySpan<byte> span)
    {
        var length = span.IndexOf((byte)'\n');
        Keep(length < 0 ? span : span[..length]);
        if (length < 0)
            return span.Length;

        if (!End(IsBlank ? null : ItemKind.Whole))
            Reset();
        return length + 1;
    }

    private int TakeElement(ReadOnlySpan<byte> span)
    {
        var at = 0;
        while (at < span.Length)
        {
            if (inString)
            {
                at += SkipString(span[at..]);
                continue;
            }

            var next = span[at..].IndexOfAny(Structure);
            if (next < 0)
                break;

            at += next;
            switch (span[at++])
            {
                case (byte)'"':
                    inString = true;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)',' when depth == 0:
                    Keep(span[..(at - 1)]);
                    pastComma = true;
                    End(ItemKind.Whole);
                    return at;
                case (byte)']' when depth == 0:
                    Keep(span[..(at - 1)]);
                    shape = Shape.AfterArray;
                    if (!End(IsBlank && !pastComma ? null : ItemKind.Whole))
                        Reset();
                    return at;
                case (byte)'}' or (byte)']' when depth > 0:
                    depth--;
                    break;
            }
        }

        Keep(span);
        return span.Length;
    }

    /// <summary>Past the end of the string, or to the end of what is there of it.</summary>
    private int SkipString(ReadOnlySpan<byte> span)
    {
        if (escaped)
        {
            escaped = false;
            return 1;
        }

        var next = span.IndexOfAny((byte)'"', (byte)'\\');
        if (next < 0)
            return span.Length;

        escaped = span[next] == '\\';
        inString = escaped;
        return next + 1;
    }

    private int TakeRest(ReadOnlySpan<byte> span)
    {
        if (span.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
        {
            shape = Shape.Finished;
            End(ItemKind.Trailing);
        }

        return span.Length;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        tooLarge |= item.WrittenCount + bytes.Length > maxItemBytes;
        if (tooLarge)
            item.ResetWrittenCount();
        else
            item.Write(bytes);
    }

    private bool End(ItemKind? kind)
    {
        ended = kind is not null;
        Kind = kind == ItemKind.Whole && tooLarge ? ItemKind.TooLarge : kind.GetValueOrDefault();
        return ended;
    }

    private void Reset()
    {
        item.ResetWrittenCount();
        (ended, tooLarge, inString, escaped, depth) = (false, false, false, false, 0);
    }
}
