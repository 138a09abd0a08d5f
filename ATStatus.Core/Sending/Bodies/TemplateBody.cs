using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ATStatus.Core.Events;
using Fluid;
using Fluid.Ast;

namespace ATStatus.Core.Sending.Bodies;

/// <summary>A template does not yield a body. The message says why, for whoever wrote it.</summary>
public sealed class TemplateException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A body that a Liquid template yields. What it puts out is escaped as within a JSON string, so that no text of an event breaks out of its quotes;
/// the filter <c>json</c> gives a whole JSON value. The result is parsed and written again (<see cref="CanonicalJson"/>), so it is JSON or nothing.
/// Whatever a template does is bounded: its length, tags and filters (<see cref="TemplateLimits"/>), the steps, the work and the time.
/// </summary>
public static class TemplateBody
{
    /// <summary>The longest template, in UTF-16 units.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>
    /// The stack of a thread that parses or renders: Fluid descends for each level of nesting, and a template of the longest length can have
    /// thousands of levels. Only what is used of it costs memory.
    /// </summary>
    private const int StackSize = 128 * 1024 * 1024;

    /// <summary>How many parsed templates are kept.</summary>
    private const int MostParsed = 200;

    private static readonly ConcurrentDictionary<string, IFluidTemplate> Parsed = new(StringComparer.Ordinal);

    /// <summary>The template that the form begins with.</summary>
    public const string Sample = """
        {
          "event": "{{ event }}",
          "at": "{{ timestamp }}",
          "title": "{{ data.title | default: data.name }}",
          "status": {{ data.status | default: data.newStatus | json }},
          "components": {{ data.components | json }}
        }
        """;

    internal static string TooLong(int maxLength) =>
        string.Create(CultureInfo.InvariantCulture, $"The result is longer than {maxLength:N0} bytes, which is what Webhooks:MaxPayload allows.");

    /// <summary>Renders it for an event.</summary>
    /// <param name="maxLength">The most bytes that the result may have.</param>
    /// <exception cref="TemplateException">It yields no body.</exception>
    public static byte[] Render(string template, BodySource source, int maxLength) => Apart(() => RenderHere(template, source, maxLength));

    /// <summary>What is wrong with a template, tried on every type of event; null where nothing is.</summary>
    /// <param name="maxLength">The most bytes that a result may have.</param>
    public static string? ProblemOf(string? template, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(template))
            return "Template body is required.";
        if (template.Length > MaxLength)
            return string.Create(CultureInfo.InvariantCulture, $"Template body can have at most {MaxLength:N0} characters; this has {template.Length:N0}.");
        return Apart(() =>
        {
            foreach (var (type, payload) in SamplePayloads.All())
            {
                try
                {
                    RenderHere(template, new BodySource(payload, Guid.Empty), maxLength);
                }
                catch (TemplateException e)
                {
                    return e.InnerException is ParseException ? e.Message : $"{type.WireName()}: {e.Message}";
                }
            }
            return null;
        });
    }

    private static byte[] RenderHere(string template, BodySource source, int maxLength)
    {
        var parsed = Parse(template);
        var limits = new TemplateLimits();
        var context = limits.Context();
        using var payload = JsonDocument.Parse(source.Payload);
        context.SetValue("id", source.RequestId.ToString("D", CultureInfo.InvariantCulture));
        foreach (var property in payload.RootElement.EnumerateObject())
            context.SetValue(property.Name, Value(property.Value));
        // Characters take at least a byte; blanks that are dropped afterwards count too.
        using var output = new BoundedWriter(limits, maxLength);
        try
        {
            parsed.RenderAsync(output, context, JavaScriptEncoder.UnsafeRelaxedJsonEscaping, isolateContext: false).AsTask().GetAwaiter().GetResult();
        }
        catch (TemplateException)
        {
            throw;
        }
        catch (Exception e) when (e is InvalidOperationException or FluidException or ArithmeticException or FormatException or ArgumentException or InvalidCastException
            or IndexOutOfRangeException or NullReferenceException)
        {
            throw new TemplateException(e is InvalidOperationException ? $"The template was stopped: {e.Message}" : "The template could not be carried out.", e);
        }
        return Json(output.ToString(), maxLength);
    }

    private static byte[] Json(string text, int maxLength)
    {
        byte[] body;
        try
        {
            body = CanonicalJson.Rewrite(Encoding.UTF8.GetBytes(text));
        }
        catch (JsonException e)
        {
            throw new TemplateException($"The result is not valid JSON ({At(text, e)}).", e);
        }
        catch (FormatException e)
        {
            throw new TemplateException($"The result is not valid JSON. {e.Message}", e);
        }
        return body.Length <= maxLength ? body : throw new TemplateException(TooLong(maxLength));
    }

    /// <summary>Where it stops being JSON, with what stands there.</summary>
    private static string At(string text, JsonException e)
    {
        var lines = text.Split('\n');
        var line = (int)Math.Clamp(e.LineNumber ?? 0, 0, lines.Length - 1);
        var shown = lines[line].Trim();
        return string.Create(CultureInfo.InvariantCulture, $"line {line + 1}: {(shown.Length == 0 ? "nothing there" : shown.Length > 80 ? shown[..80] + "…" : shown)}");
    }

    private static IFluidTemplate Parse(string template)
    {
        if (Parsed.TryGetValue(template, out var known))
            return known;
        if (!TemplateLimits.Parser.TryParse(template, out var parsed, out var error))
            throw new TemplateException($"The template cannot be read: {error.ReplaceLineEndings(" ")}", new ParseException(error));
        new RangeCheck().VisitTemplate(parsed);
        if (Parsed.Count >= MostParsed)
            Parsed.Clear();
        return Parsed[template] = parsed;
    }

    /// <summary>A range is an array of all of its numbers before the first is looked at.</summary>
    private sealed class RangeCheck : AstVisitor
    {
        protected override Expression VisitRangeExpression(RangeExpression rangeExpression) =>
            throw new TemplateException("The template cannot be read: ranges like (1..5) are not supported.", new ParseException("range"));
    }

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(p => p.Name, p => Value(p.Value)!, StringComparer.Ordinal),
        JsonValueKind.Array => value.EnumerateArray().Select(Value).ToArray(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetDecimal(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        _ => null,
    };

    /// <summary>Runs it on a thread with a stack of its own and waits for it.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a template brings about is its own fault, and must not end the process.")]
    private static T Apart<T>(Func<T> run)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = run();
                }
                catch (TemplateException e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(new TemplateException("The template could not be carried out.", e));
                }
            },
            StackSize)
        { IsBackground = true, Name = "Template" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Takes what the template puts out, no more than may become a body.</summary>
    private sealed class BoundedWriter(TemplateLimits limits, int maxLength) : StringWriter(CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            Take(1);
            base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            Take(count);
            base.Write(buffer, index, count);
        }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            Take(buffer.Length);
            base.Write(buffer);
        }

        public override void Write(string? value)
        {
            Take(value?.Length ?? 0);
            base.Write(value);
        }

        private void Take(int count)
        {
            limits.DemandTime();
            if (GetStringBuilder().Length + count > maxLength)
                throw new TemplateException(TooLong(maxLength));
        }
    }
}
