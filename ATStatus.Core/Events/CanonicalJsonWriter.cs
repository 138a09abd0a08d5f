using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace ATStatus.Core.Events;

/// <summary>
/// Writes compact JSON that is a fixed point of JavaScript: the bytes equal <c>JSON.stringify(JSON.parse(bytes))</c>.
/// Receivers verify a signature over what they re-serialise, so this holds for every text and number. System.Text.Json
/// cannot do it: none of its encoders leaves exactly those characters alone that JavaScript does, and it keeps
/// <c>100.00</c> and <c>1E+21</c> as they are.
/// <para>
/// Strings follow QuoteJSONString and numbers Number::toString of ECMA-262. Commas and colons are written here; that the
/// calls nest properly, and that no object names a property twice (JavaScript would keep one), is up to the caller.
/// </para>
/// </summary>
/// <param name="output">Receives the UTF-8 bytes, without a byte order mark.</param>
public sealed class CanonicalJsonWriter(IBufferWriter<byte> output)
{
    /// <summary>JavaScript's Number.MAX_SAFE_INTEGER, 2^53 - 1: its numbers hold every integer from -this to this exactly.</summary>
    public const long MaxSafeInteger = 9007199254740991;

    /// <summary>A UTF-16 unit takes at most three bytes of UTF-8 (a surrogate pair four).</summary>
    private const int MaxBytesPerChar = 3;

    /// <summary>Room for any number as .NET writes it; the longest is a decimal of 28 places with sign, zero and point: 31.</summary>
    private const int MaxNumberLength = 32;

    private static readonly SearchValues<char> MustBeEscaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\']);

    private bool _commaDue;

    public void WriteStartObject() => Open((byte)'{');

    public void WriteEndObject() => Close((byte)'}');

    public void WriteStartArray() => Open((byte)'[');

    public void WriteEndArray() => Close((byte)']');

    /// <summary>Writes a property's name; its value comes next.</summary>
    /// <exception cref="ArgumentException">
    /// The name is null or begins with a digit: JavaScript moves properties named like an array index to the front.
    /// </exception>
    public void WritePropertyName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length > 0 && char.IsAsciiDigit(name[0]))
            throw new ArgumentException($"JavaScript would reorder a property named '{name}'.", nameof(name));
        WriteOrderedName(name);
    }

    /// <summary>The same for whatever name; that properties named like an array index come first, in order, is up to the caller.</summary>
    internal void WriteOrderedName(string name)
    {
        WriteString(name);
        WriteByte((byte)':');
        _commaDue = false;
    }

    /// <summary>Writes a string. An unpaired surrogate becomes U+FFFD.</summary>
    public void WriteString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        BeginValue();
        WriteByte((byte)'"');

        var rest = value.AsSpan();
        while (true)
        {
            var special = rest.IndexOfAny(MustBeEscaped);
            WriteVerbatim(special < 0 ? rest : rest[..special]);
            if (special < 0)
                break;

            WriteEscaped(rest[special]);
            rest = rest[(special + 1)..];
        }

        WriteByte((byte)'"');
        _commaDue = true;
    }

    /// <summary>Writes an integer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The integer lies beyond ±<see cref="MaxSafeInteger"/>, where a JavaScript number would change it.
    /// </exception>
    public void WriteNumber(long value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxSafeInteger);
        ArgumentOutOfRangeException.ThrowIfLessThan(value, -MaxSafeInteger);
        BeginValue();
        WriteInteger(value);
        _commaDue = true;
    }

    /// <summary>
    /// Writes a decimal without trailing zeros. One with more digits than a double holds is written as the nearest double is,
    /// because that is what a receiver's JavaScript makes of it.
    /// </summary>
    public void WriteNumber(decimal value)
    {
        // By way of text: it rounds once, correctly. The cast from decimal to double divides and may be one unit off.
        Span<byte> text = stackalloc byte[MaxNumberLength];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        WriteNumber(double.Parse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    /// <summary>Writes a double with the fewest digits that lead back to it; negative zero as <c>0</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite; JSON has no form for it.</exception>
    public void WriteNumber(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "JSON has no form for a number that is not finite.");

        BeginValue();
        if (value < 0)
            WriteByte((byte)'-');
        if (value == 0)
        {
            WriteByte((byte)'0');
        }
        else
        {
            Span<byte> buffer = stackalloc byte[MaxNumberLength];
            WriteDigits(ShortestDigits(Math.Abs(value), buffer, out var pointAt), pointAt);
        }

        _commaDue = true;
    }

    public void WriteBoolean(bool value)
    {
        BeginValue();
        output.Write(value ? "true"u8 : "false"u8);
        _commaDue = true;
    }

    public void WriteNull()
    {
        BeginValue();
        output.Write("null"u8);
        _commaDue = true;
    }

    private void Open(byte bracket)
    {
        BeginValue();
        WriteByte(bracket);
        _commaDue = false;
    }

    private void Close(byte bracket)
    {
        WriteByte(bracket);
        _commaDue = true;
    }

    private void BeginValue()
    {
        if (_commaDue)
            WriteByte((byte)',');
    }

    private void WriteByte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private void WriteVerbatim(ReadOnlySpan<char> text)
    {
        // Transcodes and turns each unpaired surrogate into U+FFFD; with that room it cannot stop early.
        Utf8.FromUtf16(text, output.GetSpan(text.Length * MaxBytesPerChar), out _, out var written);
        output.Advance(written);
    }

    private void WriteEscaped(char value)
    {
        switch (value)
        {
            case '"': output.Write("\\\""u8); break;
            case '\\': output.Write("\\\\"u8); break;
            case '\b': output.Write("\\b"u8); break;
            case '\f': output.Write("\\f"u8); break;
            case '\n': output.Write("\\n"u8); break;
            case '\r': output.Write("\\r"u8); break;
            case '\t': output.Write("\\t"u8); break;
            default:
                output.Write("\\u00"u8);
                ((int)value).TryFormat(output.GetSpan(2), out var written, "x2", CultureInfo.InvariantCulture);
                output.Advance(written);
                break;
        }
    }

    /// <summary>
    /// Number::toString for radix 10: k digits, of which n stand before the decimal point (n may be negative or larger
    /// than k), are written plainly for -6 &lt; n ≤ 21 and with an exponent otherwise.
    /// </summary>
    private void WriteDigits(ReadOnlySpan<byte> digits, int n)
    {
        var k = digits.Length;
        if (n is > -6 and <= 0)
        {
            output.Write("0."u8);
            WriteZeros(-n);
            output.Write(digits);
        }
        else if (n is > 0 and <= 21)
        {
            WriteWithPoint(digits, Math.Min(k, n));
            WriteZeros(n - k);
        }
        else
        {
            WriteWithPoint(digits, 1);
            output.Write(n > 0 ? "e+"u8 : "e-"u8);
            WriteInteger(Math.Abs(n - 1));
        }
    }

    private void WriteWithPoint(ReadOnlySpan<byte> digits, int pointAt)
    {
        output.Write(digits[..pointAt]);
        if (pointAt < digits.Length)
        {
            WriteByte((byte)'.');
            output.Write(digits[pointAt..]);
        }
    }

    private void WriteZeros(int count)
    {
        for (; count > 0; count--)
            WriteByte((byte)'0');
    }

    private void WriteInteger(long value)
    {
        value.TryFormat(output.GetSpan(MaxNumberLength), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    /// <summary>
    /// The shortest decimal digits that lead back to a positive <paramref name="value"/>, without zeros at either end, with
    /// value = 0.d₁d₂d₃… × 10^<paramref name="pointAt"/>.
    /// </summary>
    private static ReadOnlySpan<byte> ShortestDigits(double value, Span<byte> buffer, out int pointAt)
    {
        // "123.45", "0.00012" or "1.2345E+20": the digits are squeezed to the front of the buffer in place. At two powers of two
        // (2^-25 and 2^-958) .NET's shortest form is a digit too short and leads to another double; 17 digits always lead back.
        value.TryFormat(buffer, out var length, default, CultureInfo.InvariantCulture);
        if (double.Parse(buffer[..length], NumberStyles.Float, CultureInfo.InvariantCulture) != value)
            value.TryFormat(buffer, out length, "E16", CultureInfo.InvariantCulture);
        var text = buffer[..length];

        var exponent = 0;
        var mark = text.IndexOf((byte)'E');
        if (mark >= 0)
        {
            exponent = int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..mark];
        }

        var point = text.IndexOf((byte)'.');
        if (point >= 0)
        {
            text[(point + 1)..].CopyTo(text[point..]);
            text = text[..^1];
        }
        else
        {
            point = text.Length;
        }

        var leadingZeros = text.IndexOfAnyExcept((byte)'0');
        pointAt = exponent + point - leadingZeros;
        return text[leadingZeros..].TrimEnd((byte)'0');
    }
}
