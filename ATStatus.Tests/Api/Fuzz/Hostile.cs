using CsCheck;

namespace ATStatus.Tests.Api.Fuzz;

/// <summary>What is sent by those who mean no good, or have a fault in their program.</summary>
internal static class Hostile
{
    /// <summary>Tokens of JSON that are seldom what a field takes, and some that are no JSON at all.</summary>
    public static Gen<string> Json { get; } = Gen.OneOf(
        Gen.OneOf(
            "null", "true", "false", "0", "-1", "-0", "0.5", "1e2", "1e400", "2147483647", "2147483648", "-2147483648", "-2147483649",
            "9223372036854775808",
            "123456789012345678901234567890", "[]", "{}", "[null]", "[[]]", "[{}]", "[\"\"]", "{\"id\":1}", "{\"\":null}",
            "[0,-1,2147483647]", "[2147483648]", "[1.5]",
            "[1,1,1]", "NaN", "-Infinity", "undefined", "01", "'a'", "\"\\x\""),
        Text.Select(Quoted),
        Gen.OneOf("\\ud800", "a\\udc00b", "\\u0000", "a\\u0000b", "\\u001f\\u007f\\u0085\\u2028", "\\ufeff", "\\ufffe\\uffff")
            .Select(escape => $"\"{escape}\""),
        Gen.Int[2, 40].Select(depth => string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth))),
        Gen.Int[2, 40].Select(depth => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth)));

    /// <summary>Texts that break what was not made for them.</summary>
    public static Gen<string> Text => Gen.OneOf(
        Gen.OneOf(
            "", " ", "\t\n", "null", "0", "-1", "true", "\u202e\u200b", "İıſK", "🏳️‍🌈", "é\u0301", "<script>alert(1)</script>",
            "{{7*7}}", "%s%n", "'; DROP TABLE Incidents;--",
            "../../etc/passwd", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.9999999-14:00", "0000-01-01T00:00:00Z",
            "2026-02-30T00:00:00Z", "2026-01-14", "2026-01-14T12:00:00", "2026-12-31T23:59:60Z", "2026-01-14T12:00:00+24:00",
            "2026-01-14t12:00:00z", "9999-12-31T12:00:00Z",
            "0001-01-02T00:00:00Z", "2038-01-19T03:14:08Z", "1969-12-31T23:59:59Z", "1601-01-01T00:00:00Z", "* * * * *", "0 0 31 2 *",
            "0 0 29 2 *", "*/0 * * * *", "0 0 * * * *",
            "@yearly", "javascript:alert(1)", "http://[::1", "http://user:pw@127.0.0.1/", "file:///etc/passwd", "http://10.0.0.1/",
            "http://169.254.169.254/latest", "https://", "//x",
            "http://127.0.0.1:99999/", "http://127.0.0.1/\u0000", "http://xn--/", "Europe/Atlantis", "Pacific/Kiritimati",
            "Etc/GMT+12", "utc", "W. Europe Standard Time"),
        Gen.Char['\0', '\u007F'].Array[0, 20].Select(units => new string(units)),
        ATStatus.Tests.Events.Texts.WithSurrogates,
        Gen.OneOf(256, 257, 1_000, 4_001, 20_000, 70_000).Select(length => new string('a', length)),
        Gen.Int[1, 3_000].Select(count => string.Concat(Enumerable.Repeat("💥", count))));

    /// <summary>Bodies that are no object.</summary>
    public static Gen<string> Body { get; } = Gen.OneOf(
        Gen.OneOf(
            "", " ", "null", "[]", "\"\"", "{", "{\"a\":}", "{}{}", "{\"name\":\"A\",\"name\":\"B\"}", "{\"title\":1,\"title\":2}",
            "{\"\\u006eame\":1,\"name\":2}", "{'name':'A'}", "{\"name\":\"A\",}",
            "{/**/}", "name=A&title=B", "<name/>", "\u0000", "{\"__proto__\":{},\"constructor\":1}", "{\"\\ud800\":1}",
            "{\"Name\":\"A\",\"NAME\":\"B\"}", "{\"\":1}"),
        Json,
        Gen.OneOf(1_000, 20_000).Select(depth => new string('[', depth)),
        Gen.OneOf(1_000, 20_000).Select(depth => string.Concat(Enumerable.Repeat("{\"a\":", depth))),
        Gen.Const(300_000).Select(length => $"{{\"name\":\"{new string('a', length)}\"}}"));

    /// <summary>What bodies are said to be.</summary>
    public static Gen<string> ContentType { get; } = Gen.OneOf(
        "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16",
        "application/json; charset=nope",
        "application/problem+json", "APPLICATION/JSON", "application/json;", "json", "application/xml");

    /// <summary>What stands where an object's number should be; escaped.</summary>
    public static Gen<string> PathId { get; } = Gen.OneOf(
        "0", "-1", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "abc", "1.5", "1e3", "+1",
        "00001", "0x1", "%20", "1%2F2", "%D9%A1",
        "1%20", "%F0%9F%92%A5", "%27%3B--", "null", "1;2", "%C3%28", "%EF%BB%BF1");

    /// <summary>What is asked in a query; escaped.</summary>
    public static Gen<string> QueryValue { get; } = Gen.OneOf(
        Gen.OneOf(
            "", "0", "-1", "1", "2", "200", "201", "2147483647", "2147483648", "9223372036854775807", "99999999999999999999", "abc",
            "1.5", "%201", "1e3", "%00", "%FF", "%zz", "%", "true", "TRUE",
            "false", "yes", "1&limit=2", "5xx", "9xx", "503", "1000", "%E2%80%AE", "open", "*"),
        Text.Where(text => text.Length < 600).Select(Uri.EscapeDataString));

    public static Gen<string> IfMatch { get; } = Gen.OneOf(
        "\"1\"", "\"2\"", "W/\"1\"", "*", "1", "", "\"\"", "\"-1\"", "\"99999999999999999999\"", "\"1\", \"2\"", "\"1", ",", "\"é\"",
        "\"1\",*", "\u0001");

    public static Gen<string> IdempotencyKey { get; } = Gen.OneOf(
        Gen.OneOf("a", "b", "c", "", " ", "é💥", "a,b", "\"a\"", new string('k', 255), new string('k', 256), new string('k', 4_000)),
        Gen.Int[0, 1_000_000].Select(n => $"key-{n}"));

    /// <summary>A text as JSON writes it. What is no text at all is escaped, so that it arrives.</summary>
    public static string Quoted(string text) => $"\"{string.Concat(text.Select(Escaped))}\"";

    private static string Escaped(char c) => c is '"' or '\\' || c < ' ' || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c.ToString();
}
