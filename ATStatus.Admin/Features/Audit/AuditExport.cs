using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Model;

namespace ATStatus.Admin.Features.Audit;

/// <summary>
/// The audit log as a file, filtered as the page is by the same query values: CSV for people, JSON Lines for programs. It is written as it is
/// read. The columns are documented in docs/operating.md.
/// </summary>
internal static class AuditExport
{
    private const int FlushAt = 32 * 1024;

    private static readonly string[] Columns =
    [
        "id", "at", "actor_kind", "actor", "actor_id", "address", "action", "object_kind", "object_id", "object", "count", "events", "before", "after", "hash",
    ];

    // A file, not a page: letters of any language stay letters.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Maps the two addresses.</summary>
    public static void MapAuditExport(this IEndpointRouteBuilder app)
    {
        var export = app.MapGroup("/admin/audit/export").RequireAuthorization(Policies.Administer);
        export.MapGet("/csv", (HttpContext context, AuditQueries audit, TimeProvider time) =>
            SendAsync(context, audit, time, "csv", "text/csv; charset=utf-8; header=present", Begin, WriteRow));
        export.MapGet("/jsonl", (HttpContext context, AuditQueries audit, TimeProvider time) =>
            SendAsync(context, audit, time, "jsonl", "application/jsonl; charset=utf-8", _ => { }, WriteLine));
    }

    private static async Task SendAsync(
        HttpContext context, AuditQueries audit, TimeProvider time, string extension, string type, Action<IBufferWriter<byte>> begin,
        Action<IBufferWriter<byte>, AuditEntry> write)
    {
        var filter = PageQueries.Parse<AuditQuery>(name => context.Request.Query[name].FirstOrDefault()).Filter;
        var response = context.Response;
        response.ContentType = type;
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        response.Headers.ContentDisposition = $"attachment; filename=\"audit-{now}.{extension}\"";
        response.Headers.CacheControl = "no-store";
        try
        {
            begin(response.BodyWriter);
            await foreach (var entry in audit.ReadAsync(filter, context.RequestAborted))
            {
                write(response.BodyWriter, entry);
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

    /// <summary>The mark by which spreadsheets know UTF-8, and the column names.</summary>
    private static void Begin(IBufferWriter<byte> output)
    {
        output.Write("\uFEFF"u8);
        Write(output, Columns);
    }

    private static void WriteRow(IBufferWriter<byte> output, AuditEntry entry) => Write(output,
    [
        Text(entry.Id), At(entry), AuditQuery.NameOf(entry.ActorKind), entry.ActorName, entry.ActorId, entry.Address, AuditQuery.NameOf(entry.Action),
        AuditQuery.NameOf(entry.ObjectKind), entry.ObjectId, entry.ObjectName, Text(entry.Count), string.Join(' ', (entry.EventIds ?? []).Select(Text)),
        entry.Before, entry.After, Hash(entry),
    ]);

    private static void Write(IBufferWriter<byte> output, string?[] cells) =>
        Encoding.UTF8.GetBytes(string.Join(',', cells.Select(LogCsv.Cell)) + "\r\n", output);

    private static void WriteLine(IBufferWriter<byte> output, AuditEntry entry)
    {
        using (var json = new Utf8JsonWriter(output, Json))
        {
            json.WriteStartObject();
            json.WriteNumber("id", entry.Id);
            json.WriteString("at", At(entry));
            json.WriteString("actor_kind", AuditQuery.NameOf(entry.ActorKind));
            json.WriteString("actor", entry.ActorName);
            json.WriteString("actor_id", entry.ActorId);
            json.WriteString("address", entry.Address);
            json.WriteString("action", AuditQuery.NameOf(entry.Action));
            json.WriteString("object_kind", AuditQuery.NameOf(entry.ObjectKind));
            json.WriteString("object_id", entry.ObjectId);
            json.WriteString("object", entry.ObjectName);
            json.WriteNumber("count", entry.Count);
            json.WriteStartArray("events");
            foreach (var id in entry.EventIds ?? [])
                json.WriteNumberValue(id);
            json.WriteEndArray();
            WriteValues(json, "before", entry.Before);
            WriteValues(json, "after", entry.After);
            json.WriteString("hash", Hash(entry));
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private static void WriteValues(Utf8JsonWriter json, string name, string? values)
    {
        json.WritePropertyName(name);
        if (values is null)
            json.WriteNullValue();
        else
            json.WriteRawValue(values);
    }

    private static string At(AuditEntry entry) => BrowserClock.Machine(entry.At);

    private static string? Hash(AuditEntry entry) => entry.Hash is { } hash ? AuditHash.DisplayText(hash) : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
