using System.Net;
using System.Text;
using System.Text.Json;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Features.Deliveries;

/// <summary>A console of its own, and a log in it.</summary>
public abstract class LogExportTest : IAsyncLifetime
{
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected ConsoleApp App { get; private set; } = null!;

    protected IDbContextFactory<AtStatusDbContext> Contexts => App.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>();

    protected Task AddAsync(params string[] titles) => LogRows.AddAsync(App.Services, titles);

    protected Task FillAsync(int count) => LogRows.FillAsync(App.Services, count);

    public async ValueTask InitializeAsync() => App =
        await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = { ["Webhooks:KeepDelivered"] = "never" } });

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await App.DisposeAsync();
    }
}

/// <summary>The log as a file, over HTTP as a browser downloads it.</summary>
public sealed class LogExportTests : LogExportTest
{
    [Fact]
    public async Task Csv_is_read_back_as_it_was_whatever_was_typed()
    {
        string[] titles = ["Plain", "With, comma", "With \"quotes\"", "Two\r\nlines", "=HYPERLINK(\"http://evil.example\")", "+1", "-1", "@SUM(A1)", "\tTab", "Größe 🚨", ""];
        await AddAsync(titles);
        using var admin = await App.SignedInAsync();

        using var response = await admin.GetAsync("admin/deliveries/export/csv", Stop);

        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("utf-8", response.Content.Headers.ContentType.CharSet);
        Assert.Matches("^deliveries-[0-9]{8}T[0-9]{6}Z\\.csv$", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        Assert.True(response.Headers.CacheControl!.NoStore);
        var bytes = await response.Content.ReadAsByteArrayAsync(Stop);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        var rows = Read(Encoding.UTF8.GetString(bytes[3..]));
        Assert.Equal(
            ["id", "created_at", "settled_at", "event", "title", "notification_id", "notification", "type", "state", "reason", "test", "attempts", "last_status", "last_failure", "request_id"],
            rows[0]);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        // Newest first. What a spreadsheet would compute begins with an apostrophe, and nothing else is changed.
        Assert.Equal(
            titles.Select(t => t is ['=' or '+' or '-' or '@' or '\t', ..] ? "'" + t : t).Reverse(), rows.Skip(1).Select(row => row[4]));
        var last = rows[^1];
        Assert.Equal(["2026-01-14T12:00:00Z", "2026-01-14T12:00:01Z", "incident.created"], last[1..4]);
        Assert.Equal(["Channel", "webhook", "delivered", "", "false", "2", "200", ""], last[6..14]);
        Assert.True(Guid.TryParse(last[14], out _));
    }

    [Fact]
    public async Task Json_lines_are_one_object_each_with_its_attempts()
    {
        await AddAsync("First \"one\"\nof two lines", "Second");
        using var admin = await App.SignedInAsync();

        using var response = await admin.GetAsync("admin/deliveries/export/jsonl", Stop);

        Assert.Equal("application/jsonl", response.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith(".jsonl", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'), StringComparison.Ordinal);
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        var lines = text.TrimEnd('\n').Split('\n').Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        Assert.Equal(["Second", "First \"one\"\nof two lines"], lines.Select(l => l.GetProperty("title").GetString()));
        var first = lines[1];
        Assert.Equal("incident.created", first.GetProperty("event").GetString());
        Assert.Equal("delivered", first.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("reason").ValueKind);
        var attempts = first.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal([1, 2], attempts.Select(a => a.GetProperty("number").GetInt32()));
        Assert.Equal("http_status", attempts[0].GetProperty("failure").GetString());
        Assert.Equal(503, attempts[0].GetProperty("status").GetInt32());
        Assert.Equal("retry", attempts[1].GetProperty("trigger").GetString());
        Assert.Equal(200, attempts[1].GetProperty("status").GetInt32());
        Assert.Equal("2026-01-14T12:00:00Z", attempts[0].GetProperty("started_at").GetString());
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public async Task It_holds_what_the_page_shows_by_the_same_address(string kind)
    {
        await AddAsync("Checkout is down", "Search is down", "Checkout is back");
        using var admin = await App.SignedInAsync();

        Assert.Equal(2, await CountAsync("q=checkout"));
        Assert.Equal(3, await CountAsync("state=delivered"));
        Assert.Equal(0, await CountAsync("state=failed"));
        Assert.Equal(1, await CountAsync("q=checkout&event=incident.created&status=2xx&test=none&since=2026-01-14T12:00Z&until=2026-01-14T12:01Z"));
        // From the newest on, wherever the page stands; nonsense counts as absent, as it does there.
        Assert.Equal(3, await CountAsync("before=2&state=nonsense"));

        async Task<int> CountAsync(string query)
        {
            var text = await admin.GetStringAsync($"admin/deliveries/export/{kind}?{query}", Stop);
            return text.Split('\n').Length - (kind == "csv" ? 2 : 1);
        }
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public async Task A_stranger_gets_the_sign_in_page_instead(string kind)
    {
        await AddAsync("Secret title");
        using var stranger = App.CreateClient();

        using var response = await stranger.GetAsync($"admin/deliveries/export/{kind}", Stop);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Contains("/login", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task The_database_is_asked_no_further_than_somebody_reads()
    {
        await FillAsync(DeliveryExport.BatchSize * 6);
        var export = App.Services.GetRequiredService<DeliveryExport>();
        var read = 0;
        await foreach (var delivery in export.ReadAsync(new DeliveryFilter(), withAttempts: false, Stop))
        {
            // What is removed while it is read is not in a batch that was read already.
            if (++read == 1)
                await RemoveOlderAsync(delivery.Row.Id - DeliveryExport.BatchSize);
        }
        Assert.Equal(DeliveryExport.BatchSize, read);
    }

    private async Task RemoveOlderAsync(long id)
    {
        await using var db = await Contexts.CreateDbContextAsync(Stop);
        await db.Deliveries.Where(d => d.Id <= id).ExecuteDeleteAsync(Stop);
    }

    /// <summary>Reads CSV as RFC 4180 has it.</summary>
    private static List<string[]> Read(string text)
    {
        var (rows, row, cell, quoted) = (new List<string[]>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                cell.Append(text[i++]);
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && (c is ',' or '\r'))
            {
                row.Add(cell.ToString());
                cell.Clear();
                if (c == ',')
                    continue;
                Assert.Equal('\n', text[++i]);
                rows.Add([.. row]);
                row.Clear();
            }
            else
                cell.Append(c);
        }
        Assert.True(!quoted && cell.Length == 0 && row.Count == 0, "The file ends within a row.");
        return rows;
    }
}

/// <summary>Without a console.</summary>
public sealed class LogCsvTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData(null, "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("=\"a\"", "\"'=\"\"a\"\"\"")]
    [InlineData("@x", "'@x")]
    [InlineData("x;=1+1", "x;'=1+1")]
    [InlineData("x\t\"@y", "\"x\t\"\"'@y\"")]
    [InlineData("a-b; c", "a-b; c")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("a=1", "a=1")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("＋1", "'＋1")]
    [InlineData("－1", "'－1")]
    [InlineData("＠SUM(A1)", "'＠SUM(A1)")]
    [InlineData("\u22121", "'\u22121")]
    [InlineData("\uFE66x", "'\uFE66x")]
    [InlineData(" =1", "' =1")]
    [InlineData("\u00A0\u200B＝1", "'\u00A0\u200B＝1")]
    [InlineData("\uFEFF=1", "'\uFEFF=1")]
    [InlineData("x;＝1", "x;'＝1")]
    [InlineData("x; ＠1", "x; '＠1")]
    [InlineData("x\r\n=1", "\"x\r\n'=1\"")]
    [InlineData("1＋1", "1＋1")]
    [InlineData("2026-01-14", "2026-01-14")]
    public void A_cell_is_quoted_where_it_must_be_and_never_a_formula(string? text, string cell) => Assert.Equal(cell, LogCsv.Cell(text));
}

/// <summary>Alone: what others allocate meanwhile would count.</summary>
[CollectionDefinition(nameof(LogExportMemoryTests), DisableParallelization = true)]
[Collection(nameof(LogExportMemoryTests))]
public sealed class LogExportMemoryTests : LogExportTest
{
    [Fact]
    public async Task A_long_log_is_written_as_it_is_read_and_ends_when_nobody_reads_on()
    {
        const int count = 60_000;
        await FillAsync(count);
        using var admin = await App.SignedInAsync();
        using (var response = await admin.GetAsync("admin/deliveries/export/jsonl", HttpCompletionOption.ResponseHeadersRead, Stop))
        {
            await using var some = await response.Content.ReadAsStreamAsync(Stop);
            using var reader = new StreamReader(some);
            Assert.Contains($"\"id\":{count},", await reader.ReadLineAsync(Stop), StringComparison.Ordinal);
            // Its length is not known before it is written.
            Assert.Null(response.Content.Headers.ContentLength);
        }

        using var whole = await admin.GetAsync("admin/deliveries/export/jsonl", HttpCompletionOption.ResponseHeadersRead, Stop);
        await using var body = await whole.Content.ReadAsStreamAsync(Stop);
        using var lines = new StreamReader(body);
        var (read, first, most) = (0, 0L, 0L);
        while (await lines.ReadLineAsync(Stop) is not null)
        {
            if (++read % 10_000 != 0)
                continue;
            var live = GC.GetTotalMemory(forceFullCollection: true);
            (first, most) = (first == 0 ? live : first, Math.Max(most, live));
        }
        Assert.Equal(count, read);
        // The whole is some 25 MB as text, and several times that as objects.
        Assert.InRange(most - first, long.MinValue, 8 * 1024 * 1024);
        Assert.DoesNotContain(App.Logs, line => line.Contains("unhandled", StringComparison.OrdinalIgnoreCase));
    }
}
