using System.Globalization;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access.Audit;

/// <summary>The chain of the audit trail, on any database: sealing, what is noticed, and what retention leaves.</summary>
public abstract class AuditContract : IAsyncLifetime
{
    private CoreApp _app = null!;

    private protected abstract TestDatabase NewDatabase();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private AuditSealer Sealer => _app.Get<AuditSealer>();

    public async ValueTask InitializeAsync() => _app = await CoreApp.StartAsync(NewDatabase());

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_app is not null)
            await _app.DisposeAsync();
    }

    [Fact]
    public async Task An_empty_trail_is_whole()
    {
        var verdict = await VerifyAsync();
        Assert.Equal((0, 0, 0, (string?)null), (verdict.Checked, verdict.Removed, verdict.Unsealed, verdict.Break));
        Assert.Equal(AuditHash.Beginning, verdict.Head);
    }

    [Fact]
    public async Task Entries_are_chained_in_the_order_of_their_numbers()
    {
        await ChangeAsync(5);
        var waiting = await VerifyAsync();
        Assert.Equal((0, 5), (waiting.Checked, waiting.Unsealed));
        await SealAllAsync();

        var entries = await EntriesAsync();
        var previous = new byte[32];
        foreach (var entry in entries)
            Assert.Equal(previous = AuditHash.Of(entry, previous), entry.Hash);
        var verdict = await VerifyAsync(entries[2].Hash);
        Assert.Equal((5, 0, (string?)null, entries[2].Id), (verdict.Checked, verdict.Unsealed, verdict.Break, verdict.FoundAt));
        Assert.Equal(entries[^1].Hash, verdict.Head);
        Assert.Null((await VerifyAsync(new byte[32])).FoundAt);
    }

    [Fact]
    public void The_hash_is_that_of_the_bytes_in_the_documentation()
    {
        var entry = new AuditEntry
        {
            Id = 7,
            At = new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc).AddTicks(1_234_567),
            ActorKind = AuditActorKind.User,
            ActorName = "ada@example.com",
            ActorId = "a75a7000-0000-4000-8000-000000000001",
            Address = "192.0.2.7",
            Action = AuditAction.Changed,
            ObjectKind = AuditObject.Component,
            ObjectId = "3",
            ObjectName = "Ä",
            Before = """{"status":"Operational"}""",
            After = """{"status":"MajorOutage"}""",
            EventIds = [10, 11],
        };
        // Made by another program, as docs/security.md says.
        Assert.Equal("830a63b565623d93232bb9bcc2d7540c5a2520355d2da5f1c6d452135ce1e8ee", AuditHash.DisplayText(AuditHash.Of(entry, AuditHash.Beginning)));
        Assert.NotEqual(AuditHash.Of(entry, AuditHash.Beginning), AuditHash.Of(entry, AuditHash.Of(entry, AuditHash.Beginning)));
    }

    [Theory]
    [InlineData("""UPDATE "AuditEntries" SET "ActorName" = 'mallory' WHERE "Id" = {3}""", 3)]
    [InlineData("""UPDATE "AuditEntries" SET "After" = NULL WHERE "Id" = {3}""", 3)]
    [InlineData("""UPDATE "AuditEntries" SET "Count" = 2 WHERE "Id" = {5}""", 5)]
    [InlineData("""UPDATE "AuditEntries" SET "Hash" = NULL WHERE "Id" = {3}""", 3)]
    [InlineData("""DELETE FROM "AuditEntries" WHERE "Id" = {3}""", 4)]
    [InlineData("""DELETE FROM "AuditEntries" WHERE "Id" = {1}""", 2)]
    [InlineData("""DELETE FROM "AuditEntries" WHERE "Id" = {5}""", 5)]
    [InlineData("""DELETE FROM "AuditEntries" """, 5)]
    [InlineData("""UPDATE "AuditEntries" SET "At" = (SELECT o."At" FROM "AuditEntries" AS o WHERE o."Id" = {4}), "Before" = (SELECT o."Before" FROM "AuditEntries" AS o WHERE o."Id" = {4}), "After" = (SELECT o."After" FROM "AuditEntries" AS o WHERE o."Id" = {4}) WHERE "Id" = {2}""", 2)]
    [InlineData("""DELETE FROM "AuditCheckpoints" """, 0)]
    public async Task What_a_hand_changes_in_the_database_is_noticed_and_the_first_bad_entry_named(string sql, int bad)
    {
        await ChangeAsync(5);
        await SealAllAsync();
        var ids = (await EntriesAsync()).ConvertAll(e => e.Id);
        for (var i = 1; i <= ids.Count; i++)
            sql = sql.Replace($"{{{i}}}", ids[i - 1].ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await RunAsync(sql);
        var problem = (await VerifyAsync()).Break;
        Assert.NotNull(problem);
        Assert.Contains(bad == 0 ? $"Entry {ids[0]} " : ids[bad - 1].ToString(CultureInfo.InvariantCulture), problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_hand_inserts_among_sealed_entries_is_noticed_and_never_sealed()
    {
        await ChangeAsync(3);
        await SealAllAsync();
        var ids = (await EntriesAsync()).ConvertAll(e => e.Id);
        await using (var db = _app.Open())
        {
            await db.AuditEntries.Where(e => e.Id == ids[1]).ExecuteDeleteAsync(Stop);
            await db.AuditCheckpoints.ExecuteUpdateAsync(row => row.SetProperty(c => c.Count, c => c.Count - 1), Stop);
        }
        Assert.Contains($"{ids[2]}", (await VerifyAsync()).Break, StringComparison.Ordinal);
        await InsertAsync(ids[1], "NULL");
        await SealAllAsync();
        Assert.Contains($"Entry {ids[1]} is not sealed", (await VerifyAsync()).Break, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_swapped_entries_are_noticed()
    {
        await ChangeAsync(4);
        await SealAllAsync();
        var ids = (await EntriesAsync()).ConvertAll(e => e.Id);
        await using (var db = _app.Open())
        {
            var (second, third) = (await db.AuditEntries.AsNoTracking().SingleAsync(e => e.Id == ids[1], Stop), await db.AuditEntries.AsNoTracking().SingleAsync(e => e.Id == ids[2], Stop));
            await db.AuditEntries.Where(e => e.Id == ids[1] || e.Id == ids[2]).ExecuteDeleteAsync(Stop);
            await InsertAsync(ids[1], Hex(third.Hash!), third);
            await InsertAsync(ids[2], Hex(second.Hash!), second);
        }
        Assert.Contains($"at entry {ids[1]}", (await VerifyAsync()).Break, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_sealers_each_entry_is_sealed_once_and_there_is_one_chain()
    {
        await ChangeAsync(60);
        AuditSealer[] sealers = [.. Enumerable.Range(0, 3).Select(_ => ActivatorUtilities.CreateInstance<AuditSealer>(_app.Services))];
        foreach (var sealer in sealers)
            sealer.BatchSize = 7;
        // On a shared database the first turn only looks.
        foreach (var sealer in sealers)
            await sealer.SealAsync(Stop);
        await Task.WhenAll(sealers.Select(async sealer =>
        {
            for (var turn = 0; turn < 20; turn++)
            {
                try
                {
                    await sealer.SealAsync(Stop);
                }
                catch (Exception e) when (e is DbUpdateException or DatabaseNotWritableException)
                {
                    // Both made the first checkpoint; the loop tries again.
                }
            }
        }));
        var verdict = await VerifyAsync();
        Assert.Equal((60, 0, (string?)null), (verdict.Checked, verdict.Unsealed, verdict.Break));
    }

    [Fact]
    public async Task Retention_removes_whole_old_days_from_the_front_and_leaves_a_sealed_checkpoint()
    {
        await ChangeAsync(3);
        await SealAllAsync();
        var old = await EntriesAsync();
        _app.Time.Advance(TimeSpan.FromDays(399));
        await ChangeAsync(2);
        await SealAllAsync();
        var retention = _app.Get<AuditRetention>();
        retention.BatchSize = 2;
        Assert.Equal(0, await retention.PruneAsync(Stop));
        _app.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await retention.PruneAsync(Stop));
        _app.Time.Advance(TimeSpan.FromDays(1));
        // Not sealed yet, so not removed.
        Assert.Equal(3, await retention.PruneAsync(Stop));

        var before = await VerifyAsync();
        Assert.Equal((2, 3, 2, (string?)null), (before.Checked, before.Removed, before.Unsealed, before.Break));
        await SealAllAsync();
        var verdict = await VerifyAsync(old[2].Hash);
        Assert.Equal((4, 3, 0, (string?)null, old[2].Id), (verdict.Checked, verdict.Removed, verdict.Unsealed, verdict.Break, verdict.FoundAt));
        var said = (await EntriesAsync()).Last(e => e.Action == AuditAction.Pruned);
        Assert.Equal(("system", AuditActorKind.System), (said.ActorName, said.ActorKind));
        Assert.Equal(
            $$"""{"last_id":{{old[2].Id}},"hash":"{{AuditHash.DisplayText(old[2].Hash!)}}","count":3}""", said.After);
    }

    [Fact]
    public async Task Who_removes_more_than_retention_did_is_noticed_also_with_a_checkpoint_that_fits()
    {
        await ChangeAsync(3);
        await SealAllAsync();
        _app.Time.Advance(TimeSpan.FromDays(402));
        await ChangeAsync(3);
        await SealAllAsync();
        Assert.Equal(3, await _app.Get<AuditRetention>().PruneAsync(Stop));
        await SealAllAsync();
        var first = (await EntriesAsync())[0];
        await using var db = _app.Open();
        await db.AuditEntries.Where(e => e.Id == first.Id).ExecuteDeleteAsync(Stop);
        Assert.Contains($"entry {first.Id + 1}", (await VerifyAsync()).Break, StringComparison.Ordinal);
        await db.AuditCheckpoints.Where(c => c.Name == AuditCheckpoint.Front).ExecuteUpdateAsync(
            row => row.SetProperty(c => c.LastId, first.Id).SetProperty(c => c.Hash, first.Hash).SetProperty(c => c.Count, c => c.Count + 1), Stop);
        Assert.Contains($"checkpoint before entry {first.Id + 1}", (await VerifyAsync()).Break, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_sign_ins_of_an_address_and_a_minute_become_one_entry()
    {
        var failed = _app.Get<FailedSignIns>();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => failed.CountAsync("192.0.2.1", "ada@example.com", Stop)));
        await failed.CountAsync("192.0.2.1", null, Stop);
        await failed.CountAsync("192.0.2.1", "bob@example.com", Stop);
        await failed.CountAsync("192.0.2.2", null, Stop);
        await Sealer.SealAsync(Stop);
        Assert.Empty(await EntriesAsync());
        _app.Time.Advance(TimeSpan.FromSeconds(63));
        await failed.CountAsync("192.0.2.1", "ada@example.com", Stop);
        await Sealer.SealAsync(Stop);

        var entries = await EntriesAsync();
        Assert.All(entries, e => Assert.Equal((AuditAction.SignInFailed, AuditActorKind.Visitor), (e.Action, e.ActorKind)));
        Assert.Equal([("192.0.2.1", 7), ("192.0.2.2", 1)], entries.Select(e => (e.Address, e.Count)));
        Assert.Equal("""{"accounts":["ada@example.com","bob@example.com"]}""", entries[0].After);
        Assert.Null(entries[1].After);
        await SealAllAsync();
        Assert.Null((await VerifyAsync()).Break);
    }

    [Fact]
    public async Task An_incident_and_its_entries_are_in_one_transaction_which_names_its_events()
    {
        var page = await _app.SampleDataAsync();
        var component = page.Components[0];
        using (AuditActor.Use(AuditActor.OfUser(Guid.NewGuid(), "ada@example.com", "192.0.2.7")))
        {
            await _app.Get<IncidentService>().CreateAsync(
                new IncidentInput(page.Id, "Down", IncidentSeverity.Major, IncidentStatus.Investigating, "We look.", [new(component.Id, ComponentStatus.MajorOutage)]),
                new Actor("ada@example.com"), Stop);
        }
        await using var db = _app.Open();
        var events = await db.Events.AsNoTracking().OrderBy(e => e.Id).ToListAsync(Stop);
        var entries = (await EntriesAsync()).Where(e => e.ActorName == "ada@example.com").ToList();
        Assert.Equal([AuditObject.Incident, AuditObject.Component], entries.Select(e => e.ObjectKind));
        Assert.Equal(events.Select(e => e.Id), entries[0].EventIds!);
        Assert.Equal([events.Single(e => e.Type == EventType.ComponentStatusChanged).Id], entries[1].EventIds!);
        Assert.All(entries, e => Assert.Equal("192.0.2.7", e.Address));
    }

    private async Task ChangeAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput($"Page {Guid.NewGuid():N}", $"page-{Guid.NewGuid():N}"), Stop);
        }
    }

    private async Task SealAllAsync()
    {
        // On a shared database a turn seals what the turn before has seen.
        for (var turn = 0; turn < 3; turn++)
        {
            while (await Sealer.SealAsync(Stop))
            {
            }
        }
    }

    private Task<AuditVerdict> VerifyAsync(byte[]? wanted = null) => _app.Get<AuditVerification>().RunAsync(wanted, Stop);

    private async Task<List<AuditEntry>> EntriesAsync()
    {
        await using var db = _app.Open();
        return await db.AuditEntries.AsNoTracking().OrderBy(e => e.Id).ToListAsync(Stop);
    }

    private async Task RunAsync(string sql)
    {
        await using var db = _app.Open();
        await db.Database.ExecuteSqlRawAsync(sql.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal), Stop);
    }

    private static string Hex(byte[] hash) => Convert.ToHexString(hash);

    private async Task InsertAsync(long id, string hash, AuditEntry? like = null)
    {
        await using var db = _app.Open();
        var isSqlite = _app.Get<DatabaseOptions>().Provider == DatabaseProvider.Sqlite;
        var bytes = hash == "NULL" ? "NULL" : isSqlite ? $"X'{hash}'" : $"0x{hash}";
        FormattableString values = $"VALUES ({id}, {like?.At ?? _app.Now}, {"User"}, {like?.ActorName ?? "mallory"}, {like?.Address ?? ""}, {$"{like?.Action ?? AuditAction.Deleted}"}, {"StatusPage"}, {like?.ObjectId ?? "1"}, {like?.ObjectName ?? ""}, {like?.After ?? "{}"}, 1, ";
        var insert = "INSERT INTO \"AuditEntries\" (\"Id\", \"At\", \"ActorKind\", \"ActorName\", \"Address\", \"Action\", \"ObjectKind\", \"ObjectId\", \"ObjectName\", \"After\", \"Count\", \"Hash\") "
            + values.Format + bytes + ")";
        if (!isSqlite)
            insert = $"SET IDENTITY_INSERT \"AuditEntries\" ON; {insert}; SET IDENTITY_INSERT \"AuditEntries\" OFF";
        await db.Database.ExecuteSqlRawAsync(insert, values.GetArguments()!, Stop);
    }
}

public sealed class SqliteAuditTests : AuditContract
{
    private protected override TestDatabase NewDatabase() => TestDatabase.Sqlite();
}

public sealed class SqlServerAuditTests : AuditContract
{
    private protected override TestDatabase NewDatabase() => TestDatabase.SqlServer();
}
