using System.Text;
using Jint;
using Jint.Native;

namespace ATStatus.Tests.Support;

/// <summary>A JavaScript engine's JSON. One instance serves one thread.</summary>
public sealed class JavaScriptJson : IDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Engine _engine = new();

    /// <summary><c>JSON.parse(json)</c>.</summary>
    public JsValue Parse(string json) => _engine.Invoke(_engine.Evaluate("JSON.parse"), json);

    /// <summary><c>JSON.stringify(value)</c>.</summary>
    public string Stringify(JsValue value) => _engine.Invoke(_engine.Evaluate("JSON.stringify"), value).AsString();

    /// <summary><c>text.toWellFormed()</c>.</summary>
    public string ToWellFormed(string text) => _engine.Invoke(_engine.Evaluate("text => text.toWellFormed()"), text).AsString();

    /// <summary>Asserts that a body is well-formed UTF-8 and byte for byte what JavaScript would write; returns it parsed.</summary>
    public JsValue AssertFixedPoint(ReadOnlySpan<byte> body)
    {
        var text = StrictUtf8.GetString(body);
        var value = Parse(text);
        Assert.Equal(text, Stringify(value));
        return value;
    }

    public void Dispose() => _engine.Dispose();
}
