using System.Buffers;
using System.Globalization;
using System.Text;
using ATStatus.Core.Events;

namespace ATStatus.Tests.Events;

public sealed class CanonicalJsonWriterTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(1.0, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(99.97, "99.97")]
    [InlineData(123456789012345680000.0, "123456789012345680000")]
    [InlineData(1296150034411966208.0, "1296150034411966200")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.5e21, "1.5e+21")]
    [InlineData(-1.2345e22, "-1.2345e+22")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(0.00000123, "0.00000123")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(-1.5e-7, "-1.5e-7")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(2.98023223876953125e-8, "2.9802322387695312e-8")] // 2^-25: .NET's own "R" leads to another double
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(9007199254740993.0, "9007199254740992")]
    public void A_double_is_written_as_JavaScript_writes_it(double value, string expected) =>
        Assert.Equal(expected, Written(json => json.WriteNumber(value)));

    [Fact]
    public void Negative_zero_is_zero() => Assert.Equal("0", Written(json => json.WriteNumber(double.NegativeZero)));

    [Theory]
    [InlineData("100.00", "100")]
    [InlineData("99.50", "99.5")]
    [InlineData("-0.00", "0")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("79228162514264337593543950335", "7.922816251426434e+28")]
    [InlineData("0.1234567890123456789012345678", "0.12345678901234568")]
    public void A_decimal_is_written_as_the_nearest_double(string value, string expected) =>
        Assert.Equal(expected, Written(json => json.WriteNumber(decimal.Parse(value, CultureInfo.InvariantCulture))));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-1, "-1")]
    [InlineData(9007199254740991, "9007199254740991")]
    [InlineData(-9007199254740991, "-9007199254740991")]
    public void An_integer_is_written_plainly(long value, string expected) =>
        Assert.Equal(expected, Written(json => json.WriteNumber(value)));

    [Theory]
    [InlineData(9007199254740992)]
    [InlineData(-9007199254740992)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void An_integer_that_JavaScript_could_change_is_refused(long value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(json => json.WriteNumber(value)));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_number_that_is_not_finite_is_refused(double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(json => json.WriteNumber(value)));

    [Fact]
    public void Only_what_must_be_escaped_is() => Assert.Equal(
        "\"\\u0000\\u0007\\b\\t\\n\\u000b\\f\\r\\u001f \\\"\\\\/'<>&+\u007F\u0085\u00AD\u2028\u2029\uFEFF😀\uFFFD\uFFFD\"",
        Written(json => json.WriteString("\0\a\b\t\n\v\f\r\u001F \"\\/'<>&+\u007F\u0085\u00AD\u2028\u2029\uFEFF😀\uDC00\uD800")));

    [Fact]
    public void Commas_and_colons_come_by_themselves() => Assert.Equal(
        """{"a":[],"b":{},"c":[1,null,"x",[2],{"d":3}],"e":4}""", Written(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("a");
        json.WriteStartArray();
        json.WriteEndArray();
        json.WritePropertyName("b");
        json.WriteStartObject();
        json.WriteEndObject();
        json.WritePropertyName("c");
        json.WriteStartArray();
        json.WriteNumber(1L);
        json.WriteNull();
        json.WriteString("x");
        json.WriteStartArray();
        json.WriteNumber(2L);
        json.WriteEndArray();
        json.WriteStartObject();
        json.WritePropertyName("d");
        json.WriteNumber(3L);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WritePropertyName("e");
        json.WriteNumber(4L);
        json.WriteEndObject();
    }));

    [Fact]
    public void A_property_that_JavaScript_would_move_is_refused() =>
        Assert.Throws<ArgumentException>(() => Written(json => json.WritePropertyName("12")));

    private static string Written(Action<CanonicalJsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new CanonicalJsonWriter(output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
