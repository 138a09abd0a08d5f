using System.Buffers;
using System.Globalization;
using System.Text;
using ATStatus.Core.Events;
using ATStatus.Tests.Support;
using CsCheck;
using Jint;

namespace ATStatus.Tests.Events;

/// <summary>
/// The document's receivers verify <c>JSON.stringify(JSON.parse(body))</c>: for whatever people type and whatever is computed it
/// must be the body itself, in a JavaScript engine that comes as a package and, where there is one, in Node.js.
/// </summary>
public sealed class FixedPointTests
{
    private static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);
    private static readonly StatusPageRef Page = new(1, "Main Status", "main");

    private static readonly Gen<double> Doubles =
        Gen.ULong.Select(BitConverter.UInt64BitsToDouble).Where(value => double.IsFinite(value) && JintKeepsTheStandard(value));

    private static readonly Gen<decimal> Decimals = Gen
        .Select(Gen.Int, Gen.Int, Gen.Int, Gen.Bool, Gen.Byte[0, 28], Gen.Int[0, 2])
        .Select((low, mid, high, negative, scale, words) =>
            new decimal(low, words > 0 ? mid : 0, words > 1 ? high : 0, negative, scale))
        .Where(value => JintKeepsTheStandard((double)value));

    [Fact]
    public void Every_code_point_survives()
    {
        using var javaScript = new JavaScriptJson();
        foreach (var text in Texts.OfEveryCodePoint())
            Assert.Equal(WellFormedText.ReplaceUnpairedSurrogates(text), Title(javaScript.AssertFixedPoint(Body(text))));
    }

    [Fact]
    public async Task Every_code_point_survives_in_Node()
    {
        TestRequirement.Node.Demand();
        var texts = Texts.OfEveryCodePoint().ToList();
        var bodies = texts.ConvertAll(Body);

        var answers = await NodeScript.MapAsync(
            """
            function handle(line) {
              const parsed = JSON.parse(line);
              return (JSON.stringify(parsed) === line) + ' ' + Buffer.from(parsed.data.title, 'utf16le').toString('base64');
            }
            """,
            bodies,
            TestContext.Current.CancellationToken);

        Assert.Equal(
            texts.Select(WellFormedText.ReplaceUnpairedSurrogates)
                .Select(text => $"true {Convert.ToBase64String(Encoding.Unicode.GetBytes(text!))}"),
            answers);
    }

    [Fact]
    public void Any_text_survives_wherever_it_stands()
    {
        using var javaScript = new JavaScriptJson();
        Gen.Select(Texts.WithSurrogates, Texts.WithSurrogates, Texts.WithSurrogates.Array[0, 4], Texts.WithSurrogates).Sample(
            (title, message, components, pageName) =>
            {
                var body = EventPayload.Write(EventType.IncidentUpdated, Noon, Page with { Name = pageName }, new IncidentData(
                    1, title, IncidentStatus.Monitoring, IncidentSeverity.None, message, components, Noon));

                var parsed = javaScript.AssertFixedPoint(body);
                var data = parsed.Get("data");
                Assert.Equal(WellFormedText.ReplaceUnpairedSurrogates(title), data.Get("title").AsString());
                Assert.Equal(WellFormedText.ReplaceUnpairedSurrogates(message), data.Get("message").AsString());
                Assert.Equal(WellFormedText.ReplaceUnpairedSurrogates(pageName), parsed.Get("statusPage").Get("name").AsString());
                Assert.Equal(
                    components.Select(WellFormedText.ReplaceUnpairedSurrogates),
                    data.Get("components").AsArray().Select(component => component.AsString()));
            },
            iter: 3_000,
            threads: 1);
    }

    [Fact]
    public void Any_double_survives()
    {
        using var javaScript = new JavaScriptJson();
        Doubles.Array[20].Sample(
            numbers =>
            {
                var parsed = javaScript.AssertFixedPoint(JsonArray(numbers, (json, value) => json.WriteNumber(value)));
                Assert.Equal(numbers, parsed.AsArray().Select(value => value.AsNumber()));
            },
            iter: 1_000,
            threads: 1);
    }

    [Fact]
    public void Any_decimal_becomes_the_nearest_double()
    {
        using var javaScript = new JavaScriptJson();
        Decimals.Array[20].Sample(
            numbers =>
            {
                var parsed = javaScript.AssertFixedPoint(JsonArray(numbers, (json, value) => json.WriteNumber(value)));
                Assert.Equal(javaScript.Stringify(javaScript.Parse(PlainArray(numbers))), javaScript.Stringify(parsed));
            },
            iter: 1_000,
            threads: 1);
    }

    [Fact]
    public void Any_integer_that_JavaScript_holds_survives()
    {
        using var javaScript = new JavaScriptJson();
        Gen.Long[-CanonicalJsonWriter.MaxSafeInteger, CanonicalJsonWriter.MaxSafeInteger].Array[20].Sample(
            numbers =>
            {
                var parsed = javaScript.AssertFixedPoint(JsonArray(numbers, (json, value) => json.WriteNumber(value)));
                Assert.Equal(numbers, parsed.AsArray().Select(value => (long)value.AsNumber()));
            },
            iter: 1_000,
            threads: 1);
    }

    [Fact]
    public async Task Numbers_survive_in_Node()
    {
        TestRequirement.Node.Demand();
        var random = new Random(20260114);
        var doubles = PowersOfTwoAndTheirNeighbours()
            .Concat(Enumerable.Range(0, 200_000)
                .Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))))
            .Where(double.IsFinite)
            .ToList();

        var answers = await NodeScript.MapAsync(
            """
            function handle(line) {
              const parsed = JSON.parse(line);
              return (JSON.stringify(parsed) === line) + ' ' + Buffer.from(new Float64Array(parsed).buffer).toString('base64');
            }
            """,
            [.. doubles.Chunk(1000).Select(numbers => JsonArray(numbers, (json, value) => json.WriteNumber(value)))],
            TestContext.Current.CancellationToken);

        Assert.Equal(
            doubles.Chunk(1000).Select(numbers => $"true {Convert.ToBase64String([.. numbers.SelectMany(BitConverter.GetBytes)])}"),
            answers);
    }

    [Fact]
    public async Task Decimals_become_the_nearest_double_in_Node()
    {
        TestRequirement.Node.Demand();
        var random = new Random(20260114);
        var decimals = Enumerable.Range(0, 100_000)
            .Select(_ => new decimal(
                random.Next(), random.Next(), random.Next(2) * random.Next(), random.Next(2) == 1, (byte)random.Next(29)))
            .ToList();

        var answers = await NodeScript.MapAsync(
            "function handle(line) { return JSON.stringify(JSON.parse(line)); }",
            [.. decimals.Chunk(1000).Select(numbers => Encoding.UTF8.GetBytes(PlainArray(numbers)))],
            TestContext.Current.CancellationToken);

        Assert.Equal(
            decimals.Chunk(1000).Select(numbers => Encoding.UTF8.GetString(JsonArray(numbers, (json, value) => json.WriteNumber(value)))),
            answers);
    }

    /// <summary>
    /// Jint 4.18 prints every digit of an integer beyond 2^53 ("1296150034411966208" where the standard has "…6200"), so
    /// those are left to Node.js and to the table in <see cref="CanonicalJsonWriterTests"/>.
    /// </summary>
    private static bool JintKeepsTheStandard(double value) => Math.Abs(value) is < 9007199254740992 or >= 1e21;

    /// <summary>Where shortest digits are hardest: the gap to the next double halves at a power of two.</summary>
    private static IEnumerable<double> PowersOfTwoAndTheirNeighbours() => Enumerable.Range(-1074, 2098)
        .Select(exponent => Math.ScaleB(1, exponent))
        .SelectMany(power => new[] { Math.BitDecrement(power), power, Math.BitIncrement(power), -power });

    private static byte[] Body(string title) => EventPayload.Write(EventType.IncidentCreated, Noon, Page, new IncidentData(
        1, title, IncidentStatus.Investigating, IncidentSeverity.Minor, "", [], Noon));

    private static string Title(Jint.Native.JsValue payload) => payload.Get("data").Get("title").AsString();

    private static byte[] JsonArray<T>(IEnumerable<T> values, Action<CanonicalJsonWriter, T> write)
    {
        var output = new ArrayBufferWriter<byte>();
        var json = new CanonicalJsonWriter(output);
        json.WriteStartArray();
        foreach (var value in values)
            write(json, value);
        json.WriteEndArray();
        return output.WrittenSpan.ToArray();
    }

    private static string PlainArray(IEnumerable<decimal> values) =>
        $"[{string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}]";
}
