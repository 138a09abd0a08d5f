using System.Globalization;
using System.Text;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Persistence;

/// <summary>
/// The log's questions against the same questions put to a list: random rows, every combination of filters, pages in both directions,
/// with limits so small that a search stops again and again, and with the real ones. <c>ATSTATUS_TEST_SEQUENCES</c>, set to anything, makes it
/// the long run that a person starts.
/// </summary>
public abstract class LogContract : IAsyncLifetime
{
    private const int Rows = 400;
    private const int PageSize = 7;

    /// <summary>How much longer the long run is.</summary>
    private static readonly int Length = Environment.GetEnvironmentVariable("ATSTATUS_TEST_SEQUENCES") is { Length: > 0 } ? 4 : 1;

    /// <summary>So small that each of them is reached in a log of some hundred rows.</summary>
    private static readonly LogLimits Tiny =
        new(FirstLook: 3, Look: 11, CoverLook: 15, CountLook: 9, TableLook: 17, TitleLook: 13, Events: 6, Found: 25, Count: 40);

    private static readonly string[] Titles =
    [
        "Checkout is down", "checkout answers slowly", "100% of uploads fail", "Search_index rebuilt", "DNS [primary] flaps", "[Test] Login", "Größe 🚨",
        "a\\b", "deadbeef", "Payments", "Ärger in der Hauptstraße", "ΣΊΣΥΦΟΣ",
    ];

    private static readonly int[] Codes = [200, 204, 404, 503];

    private static readonly string[] Texts = ["CHECKOUT", "%", "_", "[", "\\", "deadbeef", "🚨", "e", "0", " is ", "#x", "nothing of it", "ärger", "HAUPTSTRASSE", "σίσυφος", "a\u0308rger", "arger"];

    private CoreApp _app = null!;
    private List<Seen> _all = [];
    private int[] _notifications = [];

    private protected abstract TestDatabase NewDatabase();

    /// <summary>A row as the list knows it.</summary>
    private sealed record Seen(Delivery Row, string Title);

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(NewDatabase());
        for (var i = 0; i < 4; i++)
            await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: $"N{i}");
        await FillAsync(new Random(20260114));
        await using var db = _app.Open();
        _all = await db.Deliveries.AsNoTracking().OrderByDescending(d => d.Id).Select(d => new Seen(d, d.Event!.Title)).ToListAsync();
        _notifications = await db.Notifications.Select(n => n.Id).ToArrayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_app is not null)
            await _app.DisposeAsync();
    }

    [Fact]
    public async Task Every_combination_of_filters_gives_what_a_list_gives()
    {
        var random = new Random(7);
        for (var i = 0; i < 60 * Length; i++)
        {
            var filter = Random(random);
            await CompareAsync(filter, i % 4 == 0 ? new LogLimits() : Tiny, random);
        }
    }

    [Fact]
    public async Task A_time_begins_with_its_first_moment_and_ends_before_its_last()
    {
        foreach (var at in _all.Where((_, i) => i % 90 == 0).Select(s => s.Row.CreatedAt))
        {
            DeliveryFilter[] filters = [new(Until: at), new(Since: at), new(Since: at, Until: at.AddTicks(1))];
            foreach (var filter in filters)
            {
                var expected = _all.Where(s => Matches(filter, s)).Select(s => s.Row.Id).ToList();
                Assert.Equal(filter.Since == at, expected.Exists(id => _all.Find(s => s.Row.Id == id)!.Row.CreatedAt == at));
                var counts = await Queries(new LogLimits()).CountAsync(filter);
                Assert.Equal(expected.Count, counts.ByState.Values.Sum(count => count.Count));
                Assert.Equal(expected, await FoundAsync(filter));
            }
        }
    }

    [Fact]
    public async Task Counts_are_what_a_list_counts_or_say_that_there_is_more()
    {
        var random = new Random(11);
        for (var i = 0; i < 40 * Length; i++)
        {
            var filter = Random(random);
            var expected = _all.Where(s => Matches(filter with { State = null }, s)).CountBy(s => s.Row.State).ToDictionary();
            var exact = await Queries(new LogLimits()).CountAsync(filter);
            var bounded = await Queries(Tiny).CountAsync(filter);
            foreach (var state in Enum.GetValues<DeliveryState>())
            {
                var count = expected.GetValueOrDefault(state);
                Assert.True(exact[state] == new DeliveryCount(count, false), $"{filter}, {state}: {exact[state]} instead of {count}");
                var some = bounded[state];
                Assert.True(some.IsMore ? some.Count <= count && some.Count <= Tiny.Count : some.Count == count, $"{filter}, {state}: {some} of {count}");
            }
        }
    }

    [Fact]
    public async Task Titles_that_are_not_folded_yet_are_found_as_well_as_they_were_and_all_once_they_are()
    {
        var all = _all.Where(s => s.Title.StartsWith("Ärger", StringComparison.Ordinal)).Select(s => s.Row.Id).ToList();
        Assert.Equal(all, await FoundAsync("ärger"));
        await using (var db = _app.Open())
            await db.Events.Where(e => e.Id % 3 > 0).ExecuteUpdateAsync(row => row.SetProperty(e => e.TitleFolded, (string?)null));

        var unfolded = (await UnfoldedAsync()).ToHashSet();
        Assert.Contains(_all, s => unfolded.Contains(s.Row.EventId));
        Assert.Contains(_all, s => !unfolded.Contains(s.Row.EventId));
        // What a letter outside the basic plane weighs is each collation's own.
        var texts = Texts.Where(text => LogText.Parse(text) is { RequestId: null, Number: null } && !text.Any(char.IsSurrogate));
        foreach (var text in texts.Append("RGER IN"))
        {
            // What is folded is found exactly. For the others the database compares as its collation says: any of them ignores the case of
            // ASCII letters, and none more than case, accents and width.
            var comparison = Ascii.IsValid(text) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            var least = _all.Where(s => unfolded.Contains(s.Row.EventId) ? s.Title.Contains(text, comparison) : Finds(text, s))
                .Select(s => s.Row.Id).ToList();
            var most = _all.Where(s => Finds(text, s) || (unfolded.Contains(s.Row.EventId) && Resembles(s.Title, text)))
                .Select(s => s.Row.Id).ToList();
            foreach (var limits in new[] { new LogLimits(), Tiny })
            {
                var found = await FoundAsync(text, limits);
                Assert.True(!least.Except(found).Any() && !found.Except(most).Any(), $"{text}: {string.Join(' ', found)}");
                Assert.Equal(found.OrderDescending(), found);
            }
        }

        var folder = _app.Get<TitleFolder>();
        Assert.True(await folder.FillBatchAsync(10, default));
        Assert.Equal(all, await FoundAsync("RGER IN"));
        await folder.FillAsync(default);
        Assert.False(await folder.FillBatchAsync(10, default));
        Assert.Equal(all, await FoundAsync("ärger"));
        await using var after = _app.Open();
        Assert.Empty(await after.Events.Where(e => e.TitleFolded == null).ToListAsync());
        Assert.All(await after.Events.AsNoTracking().ToListAsync(), e => Assert.Equal(FoldedText.Of(e.Title), e.TitleFolded));
    }

    private async Task<List<long>> UnfoldedAsync()
    {
        await using var db = _app.Open();
        return await db.Events.Where(e => e.TitleFolded == null).Select(e => e.Id).ToListAsync();
    }

    /// <summary>What the loosest of collations takes for the same.</summary>
    private static bool Resembles(string title, string text) => CultureInfo.InvariantCulture.CompareInfo.IndexOf(
        title, text,
        CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace | CompareOptions.IgnoreWidth | CompareOptions.IgnoreKanaType) >= 0;

    private Task<List<long>> FoundAsync(string text, LogLimits? limits = null) => FoundAsync(new DeliveryFilter(Text: text), limits);

    private async Task<List<long>> FoundAsync(DeliveryFilter filter, LogLimits? limits = null)
    {
        var found = new List<long>();
        var export = new DeliveryExport(_app.Get<IDbContextFactory<AtStatusDbContext>>()) { Limits = limits ?? new LogLimits() };
        await foreach (var delivery in export.ReadAsync(filter, withAttempts: false))
            found.Add(delivery.Row.Id);
        return found;
    }

    [Fact]
    public async Task An_export_is_the_whole_of_what_matches()
    {
        var random = new Random(13);
        for (var i = 0; i < 24 * Length; i++)
        {
            var filter = Random(random);
            var export = new DeliveryExport(_app.Get<IDbContextFactory<AtStatusDbContext>>()) { Limits = Tiny };
            var ids = new List<long>();
            await foreach (var delivery in export.ReadAsync(filter, withAttempts: i % 2 == 0))
            {
                ids.Add(delivery.Row.Id);
                // The attempt under way has no record yet.
                var ended = delivery.Row.AttemptCount - (delivery.Row.State == DeliveryState.Sending ? 1 : 0);
                Assert.Equal(i % 2 == 0 ? ended : 0, delivery.Attempts.Count);
            }
            Assert.Equal(_all.Where(s => Matches(filter, s)).Select(s => s.Row.Id), ids);
        }
    }

    [Fact]
    public async Task What_is_newer_is_counted_up_to_a_limit()
    {
        var after = _all[30].Row.Id;
        var filter = new DeliveryFilter(State: DeliveryState.Delivered);
        var newer = _all.Take(30).Count(s => s.Row.State == DeliveryState.Delivered);
        Assert.True(newer > 5);
        Assert.Equal(newer, await Queries(new LogLimits()).CountNewerAsync(filter, after, 100));
        Assert.Equal(5, await Queries(new LogLimits()).CountNewerAsync(filter, after, 5));
        Assert.Equal(_all[0].Row.Id, await Queries(new LogLimits()).NewestAsync());
    }

    [Fact]
    public async Task Rows_are_asked_by_their_numbers_and_those_that_are_gone_are_left_out()
    {
        var rows = await Queries(Tiny).RowsAsync([_all[5].Row.Id, 999_999, _all[2].Row.Id]);
        Assert.Equal([_all[2].Row.Id, _all[5].Row.Id], rows.Select(r => r.Id));
    }

    private DeliveryQueries Queries(LogLimits limits) =>
        new(_app.Get<IDbContextFactory<AtStatusDbContext>>(), _app.Get<TargetProtector>(), _app.Time) { Limits = limits };

    /// <summary>Downwards from a random place to the end, following where a search stopped; then upwards.</summary>
    private async Task CompareAsync(DeliveryFilter filter, LogLimits limits, Random random)
    {
        var queries = Queries(limits);
        var matching = _all.Where(s => Matches(filter, s)).Select(s => s.Row.Id).ToList();
        long? before = random.Next(3) == 0 ? null : _all[random.Next(_all.Count)].Row.Id + random.Next(-1, 2);
        var (found, questions) = (new List<long>(), 0);
        for (var at = before; ;)
        {
            var page = await queries.PageAsync(filter, at, null, PageSize);
            found.AddRange(page.Rows.Select(r => r.Id));
            Check(page, filter, at is not null, isUp: false);
            if (!page.HasOlder)
                break;
            Assert.True(page.SearchedTo is null ? page.Rows.Count == PageSize : page.Rows.Count < PageSize);
            at = page.SearchedTo ?? page.Rows[^1].Id;
            Assert.True(++questions < Rows, $"{filter} does not end");
        }
        Assert.True(matching.Where(id => before is null || id < before).SequenceEqual(found), $"older than {before}: {filter}");

        var after = _all[random.Next(_all.Count)].Row.Id + random.Next(-1, 2);
        found.Clear();
        for (var at = after; ;)
        {
            var page = await queries.PageAsync(filter, null, at, PageSize);
            found.InsertRange(0, page.Rows.Select(r => r.Id));
            Check(page, filter, true, isUp: true);
            if (!page.HasNewer)
                break;
            at = page.SearchedTo ?? page.Rows[0].Id;
            Assert.True(++questions < 2 * Rows, $"{filter} does not end");
        }
        Assert.True(matching.Where(id => id > after).SequenceEqual(found), $"newer than {after}: {filter}");
    }

    /// <summary>What lies behind a page may be said to be there when it is not, where few match; never the other way round.</summary>
    private void Check(DeliveryPage page, DeliveryFilter filter, bool hasBehind, bool isUp)
    {
        if (!hasBehind || page.Rows.Count == 0)
            return;
        var isBehind = _all.Any(s => Matches(filter, s) && (isUp ? s.Row.Id < page.Rows[^1].Id : s.Row.Id > page.Rows[0].Id));
        Assert.True(!isBehind || (isUp ? page.HasOlder : page.HasNewer), $"{filter}");
    }

    private DeliveryFilter Random(Random random)
    {
        // One of these in two or three, so that most rows of the log match some and few match many.
        bool Asks() => random.Next(10) < 3;
        var since = _all[^1].Row.CreatedAt + (_all[0].Row.CreatedAt - _all[^1].Row.CreatedAt) * random.NextDouble();
        var until = since.AddHours(random.Next(1, 300));
        // Often the very moment of a row, which belongs to the time that begins with it and not to the one that ends.
        if (random.Next(2) == 0)
            (since, until) = (_all[random.Next(_all.Count)].Row.CreatedAt, _all[random.Next(_all.Count)].Row.CreatedAt);
        var some = _all[random.Next(_all.Count)];
        return new DeliveryFilter(
            Asks() ? _notifications[random.Next(_notifications.Length)] : null,
            Asks() ? (DeliveryState)random.Next(6) : null,
            Asks() ? since : null,
            Asks() ? until : null,
            Asks() ? EventTypes.All[random.Next(9)] : null,
            random.Next(8) == 0 ? (FailureKind)random.Next(7) : null,
            random.Next(6) == 0 ? random.Next(2) == 0 ? StatusRange.Class(random.Next(2, 6)) : StatusRange.Exactly(Codes[random.Next(Codes.Length)]) : null,
            random.Next(4) == 0 ? random.Next(2) == 0 : null,
            !Asks() ? null : random.Next(6) switch
            {
                0 => $"#{some.Row.Id}",
                1 => some.Row.RequestId.ToString()[..random.Next(1, 37)],
                2 => some.Row.RequestId.ToString("N")[..random.Next(4, 33)].ToUpperInvariant(),
                3 => some.Title[random.Next(some.Title.Length / 2)..],
                4 => Texts[random.Next(Texts.Length)],
                _ => some.Title.ToUpperInvariant(),
            });
    }

    /// <summary>What the filter means, in the plainest words.</summary>
    private static bool Matches(DeliveryFilter filter, Seen seen) =>
        (filter.NotificationId is null || seen.Row.NotificationId == filter.NotificationId)
        && (filter.State is null || seen.Row.State == filter.State)
        && (filter.Since is null || seen.Row.CreatedAt >= filter.Since)
        && (filter.Until is null || seen.Row.CreatedAt < filter.Until)
        && (filter.Event is null || seen.Row.EventType == filter.Event)
        && (filter.Failure is null || seen.Row.LastFailure == filter.Failure)
        && (filter.Status is not { } status || (seen.Row.LastStatusCode >= status.First && seen.Row.LastStatusCode <= status.Last))
        && (filter.IsTest is null || seen.Row.IsTest == filter.IsTest)
        && (string.IsNullOrWhiteSpace(filter.Text) || Finds(filter.Text.Trim(), seen));

    private static bool Finds(string text, Seen seen)
    {
        if (text[0] == '#' && long.TryParse(text[1..], out var number))
            return seen.Row.Id == number;
        if (FoldedText.Of(seen.Title).Contains(FoldedText.Of(text), StringComparison.Ordinal))
            return true;
        var (id, digits) = (seen.Row.RequestId.ToString(), text.ToLowerInvariant());
        return digits.Count(char.IsAsciiHexDigit) >= 4
            && (id.StartsWith(digits.TrimEnd('-'), StringComparison.Ordinal) || id.Replace("-", "", StringComparison.Ordinal).StartsWith(digits, StringComparison.Ordinal));
    }

    private async Task FillAsync(Random random)
    {
        await using var db = _app.Open();
        var notifications = await db.Notifications.AsNoTracking().ToListAsync();
        var at = _app.Now.AddDays(-20);
        // Saved one by one, for their numbers' sake, and written at once.
        await using var transaction = await db.Database.BeginTransactionAsync();
        for (var i = 0; i < Rows;)
        {
            at = at.AddMinutes(random.Next(200));
            var isTest = random.Next(12) == 0;
            var type = EventTypes.All[random.Next(9)];
            var storedEvent = new StoredEvent
            {
                Type = type,
                OccurredAt = at,
                StatusPageId = 1,
                SubjectId = random.Next(1, 9),
                Title = Titles[random.Next(Titles.Length)] + (random.Next(3) == 0 ? $" {random.Next(40)}" : ""),
                Payload = [123, 125],
                IsTest = isTest,
            };
            db.Events.Add(storedEvent);
            await db.SaveChangesAsync();
            foreach (var notification in isTest ? notifications[..1] : notifications[..random.Next(1, 5)])
            {
                // A clock that is set back by some minutes now and then.
                var created = at.AddMinutes(random.Next(9) == 0 ? -random.Next(50) : 0);
                var row = isTest
                    ? Delivery.ForTest(storedEvent, notification.Id, "Test", "webhook", "url", null, created)
                    : Delivery.For(storedEvent, notification, created, random.Next(9) == 0 ? HoldReason.Capacity : null);
                Live(row, created, random);
                db.Deliveries.Add(row);
                await db.SaveChangesAsync();
                i++;
            }
        }
        // Numbers with holes, as after retention.
        var gone = await db.Deliveries.Where(d => d.Id % 17 == 3).ToListAsync();
        db.RemoveRange(gone);
        await db.SaveChangesAsync();
        db.Remove(await db.Notifications.OrderBy(n => n.Id).LastAsync());
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    /// <summary>Through some of the states that the machine allows.</summary>
    private static void Live(Delivery row, DateTime at, Random random)
    {
        if (random.Next(8) == 0 && !row.IsTest)
        {
            row.Skip(at, SkipCause.NotificationOff, "Off.");
            return;
        }
        for (var attempts = random.Next(4); attempts > 0 && !row.State.IsSettled(); attempts--)
        {
            row.Claim(Guid.NewGuid(), at, TimeSpan.FromMinutes(1), null);
            if (random.Next(12) == 0)
                return;
            var failure = random.Next(3) == 0 ? (FailureKind?)random.Next(7) : null;
            var status = failure switch
            {
                null => new[] { 200, 202, 204 }[random.Next(3)],
                FailureKind.HttpStatus => new[] { 301, 404, 410, 500, 503 }[random.Next(5)],
                _ => (int?)null,
            };
            row.Record(new SendResult { StartedAt = at, Duration = TimeSpan.FromMilliseconds(9), Failure = failure, StatusCode = status }, at, 3, _ => TimeSpan.FromMinutes(1));
        }
        if (row.State.IsSettled() && !row.IsTest && random.Next(10) == 0)
            row.Requeue(at);
    }
}

/// <summary>The log on SQLite.</summary>
public sealed class SqliteLogTests : LogContract
{
    private protected override TestDatabase NewDatabase() => TestDatabase.Sqlite();
}

/// <summary>The log on SQL Server.</summary>
public sealed class SqlServerLogTests : LogContract
{
    private protected override TestDatabase NewDatabase() => TestDatabase.SqlServer();
}
