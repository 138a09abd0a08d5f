using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>
/// The log as a file, filtered as the page is by the same query values: CSV for people, JSON Lines with the attempts for programs. It
/// is written as it is read, and ends when nobody reads it any more. The columns are documented in docs/operating.md.
/// </summary>
internal static class LogExport
{
    private const int FlushAt = 32 * 1024;

    // A file, not a page: letters of any language stay letters.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Maps the two addresses.</summary>
    public static void MapLogExport(this IEndpointRouteBuilder app)
    {
        var export = app.MapGroup("/admin/deliveries/export").RequireAuthorization(Policies.Console);
        export.MapGet("/csv", (HttpContext context, DeliveryExport log, TimeProvider time) =>
            SendAsync(context, log, time, "csv", "text/csv; charset=utf-8; header=present", LogCsv.Begin, LogCsv.Write, withAttempts: false));
        export.MapGet("/jsonl", (HttpContext context, DeliveryExport log, TimeProvider time) =>
            SendAsync(context, log, time, "jsonl", "application/jsonl; charset=utf-8", _ => { }, WriteLine, withAttempts: true));
    }

    private static async Task SendAsync(
        HttpContext context, DeliveryExport log, TimeProvider time, string extension, string type, Action<IBufferWriter<byte>> begin,
        Action<IBufferWriter<byte>, ExportedDelivery> write, bool withAttempts)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var filter = PageQueries.Parse<DeliveryLogQuery>(name => context.Request.Query[name].FirstOrDefault()).FilterAt(now);
        var response = context.Response;
        response.ContentType = type;
        response.Headers.ContentDisposition = $"attachment; filename=\"deliveries-{now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.{extension}\"";
        response.Headers.CacheControl = "no-store";
        try
        {
            begin(response.BodyWriter);
            await foreach (var delivery in log.ReadAsync(filter, withAttempts, context.RequestAborted))
            {
                write(response.BodyWriter, delivery);
                if (response.BodyWriter.UnflushedBytes >= FlushAt)
                    await response.BodyWriter.FlushAsync(context.RequestAborted);
            }
            await response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads it any more.
        }
    }

    private static void WriteLine(IBufferWriter<byte> output, ExportedDelivery delivery)
    {
        var row = delivery.Row;
        using (var json = new Utf8JsonWriter(output, Json))
        {
            json.WriteStartObject();
            json.WriteNumber("id", row.Id);
            json.WriteString("created_at", BrowserClock.Machine(row.CreatedAt));
            WriteInstant(json, "settled_at", delivery.SettledAt);
            json.WriteString("event", row.Event.WireName());
            json.WriteString("title", row.Title);
            WriteNumber(json, "notification_id", row.NotificationId);
            json.WriteString("notification", row.NotificationName);
            json.WriteString("type", delivery.Kind);
            json.WriteString("state", row.State.WireName());
            json.WriteString("reason", row.Reason);
            json.WriteBoolean("test", row.IsTest);
            json.WriteString("request_id", delivery.RequestId);
            json.WriteStartArray("attempts");
            foreach (var attempt in delivery.Attempts)
                WriteAttempt(json, attempt);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private static void WriteAttempt(Utf8JsonWriter json, ExportedAttempt attempt)
    {
        json.WriteStartObject();
        json.WriteNumber("number", attempt.Number);
        json.WriteString("trigger", JsonNamingPolicy.SnakeCaseLower.ConvertName(attempt.Trigger.ToString()));
        json.WriteString("started_at", BrowserClock.Machine(attempt.StartedAt));
        json.WriteNumber("duration_ms", attempt.DurationMs);
        json.WriteString("failure", attempt.Failure?.WireName());
        WriteNumber(json, "status", attempt.StatusCode);
        json.WriteEndObject();
    }

    private static void WriteInstant(Utf8JsonWriter json, string name, DateTime? at) =>
        json.WriteString(name, at is { } known ? BrowserClock.Machine(known) : null);

    private static void WriteNumber(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }
}

/// <summary>Rows as RFC 4180 has them: CRLF, quotes where they are needed and doubled within.</summary>
internal static partial class LogCsv
{
    private static readonly string[] Columns =
    [
        "id", "created_at", "settled_at", "event", "title", "notification_id", "notification", "type", "state", "reason", "test",
        "attempts", "last_status", "last_failure", "request_id",
    ];

    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n");

    /// <summary>The mark by which spreadsheets know UTF-8, and the column names.</summary>
    public static void Begin(IBufferWriter<byte> output)
    {
        output.Write("\uFEFF"u8);
        WriteRow(output, Columns);
    }

    /// <summary>A delivery.</summary>
    public static void Write(IBufferWriter<byte> output, ExportedDelivery delivery)
    {
        var row = delivery.Row;
        WriteRow(output,
        [
            Text(row.Id), BrowserClock.Machine(row.CreatedAt), delivery.SettledAt is { } settled ? BrowserClock.Machine(settled) : null,
            row.Event.WireName(), row.Title, Text(row.NotificationId), row.NotificationName, delivery.Kind, row.State.WireName(), row.Reason,
            row.IsTest ? "true" : "false", Text(row.AttemptCount), Text(row.LastStatusCode), row.LastFailure?.WireName(), delivery.RequestId.ToString(),
        ]);
    }

    private static void WriteRow(IBufferWriter<byte> output, string?[] cells) =>
        Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Cell)) + "\r\n", output);

    /// <summary>
    /// A cell. What a spreadsheet would take for a formula gets an apostrophe before it: titles are typed by people, and a file that
    /// somebody opens must not compute, call or fetch. Full-width and small forms of the signs are read as the signs themselves. Within a
    /// text too, behind what a spreadsheet in other languages divides cells by, and behind blanks or what nobody sees.
    /// </summary>
    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        text = Formula().Replace(text, "'");
        return text.AsSpan().ContainsAny(Quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private const string Signs = @"[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\u2212\uFE62\uFE63\uFE66\uFE6B]";
    private const string Unseen = """["\s\p{Cf}\p{Cc}]*""";

    [GeneratedRegex($@"^(?=[\t\r\n]|{Unseen}{Signs})|(?<=(;|(?<!^)[\t\r\n]){Unseen})(?={Signs})", RegexOptions.ExplicitCapture)]
    private static partial Regex Formula();

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
