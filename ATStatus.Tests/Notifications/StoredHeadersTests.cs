using System.Text;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ATStatus.Tests.Notifications;

/// <summary>Added headers in the database: protected, kept where their field is left empty, and asked for again where the keys are gone.</summary>
public sealed class StoredHeadersTests : IAsyncLifetime
{
    private const string Token = "t0ken-for-the-receiver";
    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private readonly CapturedLogs _logs = new();
    private LoopbackReceiver _receiver = null!;
    private CoreApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500, $"You sent Bearer {Token} and {Token}.", ("X-Echo", Token)));
        _app = await CoreApp.StartAsync(
            _database, more: services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs)), keepDatabase: true);
        await _app.SampleDataAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _receiver.DisposeAsync();
        await _database.DisposeAsync();
        _logs.Dispose();
    }

    [Fact]
    public async Task A_value_is_readable_neither_in_the_database_s_file_nor_in_a_log()
    {
        var id = await AddAsync(_receiver.Url.AbsoluteUri, new HeaderInput("Authorization", $"Bearer {Token}"));
        var built = await AddAsync(TestReceiverEndpoint.Url, new HeaderInput("X-Key", Token));
        await RaiseAndRunAsync();
        await _app.Get<TestSendService>().SendSavedAsync(built, EventType.IncidentCreated, Stop);
        await _app.Get<TestSendService>().SendAsync(Test(id, new HeaderInput("X-Other", Token)), Stop);

        Assert.Equal($"Bearer {Token}", _receiver.Requests[0].Header("Authorization"));
        Assert.Equal(Token, _receiver.Requests[^1].Header("X-Other"));
        var attempts = (await _app.DeliveriesAsync()).SelectMany(d => d.Attempts).ToList();
        Assert.Equal(4, attempts.Count);
        Assert.All(attempts, attempt => Assert.DoesNotContain(
            Token, attempt.RequestHeaders + attempt.ResponseHeaders + attempt.ResponseBody + attempt.Error, StringComparison.Ordinal));
        Assert.Contains(attempts, attempt => attempt.RequestHeaders!.Contains("Authorization: •••", StringComparison.Ordinal));
        Assert.Contains(attempts, attempt => attempt.ResponseBody == "You sent ••• and •••.");
        // The built-in receiver keeps what it gets, and the page shows it.
        Assert.Contains("X-Key: •••", (await _app.Get<TestReceiverQueries>().ListAsync(Stop))[0].Headers, StringComparison.Ordinal);
        Assert.DoesNotContain(_logs.Lines, line => line.Contains(Token, StringComparison.Ordinal));

        await _app.DisposeAsync();
        var folder = Path.GetDirectoryName(new SqliteConnectionStringBuilder(_database.Options.ConnectionString).DataSource)!;
        var bytes = Directory.GetFiles(folder).SelectMany(File.ReadAllBytes).ToArray();
        Assert.True(Holds(bytes, Encoding.UTF8.GetBytes("With headers")), "The search finds nothing at all.");
        Assert.False(Holds(bytes, Encoding.UTF8.GetBytes(Token)));
        Assert.False(Holds(bytes, Encoding.Unicode.GetBytes(Token)));
    }

    [Fact]
    public async Task A_value_left_empty_is_kept_under_its_name_and_a_row_left_out_is_removed()
    {
        var id = await AddAsync(_receiver.Url.AbsoluteUri, new HeaderInput("X-First", "one"), new HeaderInput("X-Second", "two"), new HeaderInput("X-Third", "three"));
        var saved = await SavedAsync(id);
        Assert.Equal(["X-First", "X-Second", "X-Third"], saved.HeaderNames);

        // In another order and case, one replaced, one left out, one added.
        await EditAsync(saved, new HeaderInput("x-third", ""), new HeaderInput("X-Fourth", "four"), new HeaderInput(" X-First ", "new"));

        await RaiseAndRunAsync();
        Assert.Equal(
            [("x-third", "three"), ("X-Fourth", "four"), ("X-First", "new")],
            _receiver.Requests[^1].Headers.Select(h => (h.Key, h.Value)).Where(h => h.Key.StartsWith("X-F", StringComparison.Ordinal) || h.Key is "x-third" or "X-Second"));
        await EditAsync(await SavedAsync(id));
        Assert.Empty((await SavedAsync(id)).HeaderNames);
        await using var db = _app.Open();
        Assert.Null((await db.Notifications.SingleAsync(Stop)).Transport.ProtectedHeaders);
    }

    [Fact]
    public async Task What_is_wrong_is_said_by_the_keys_of_the_fields()
    {
        var id = await AddAsync(_receiver.Url.AbsoluteUri, new HeaderInput("X-First", "one"));
        HeaderInput[] wrong =
        [
            new("Host", "x"), new("X-First", null), new("X-Renamed", ""), new("x-first", "again"), new(null, null), new("X-Line", "a\nb"),
        ];

        var refused = (await Assert.ThrowsAsync<InvalidInputException>(async () => await EditAsync(await SavedAsync(id), wrong))).Errors;
        var tested = (await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<TestSendService>().SendAsync(Test(id, wrong), Stop))).Errors;

        string[] fields = ["Headers-0-Name", "Headers-2-Value", "Headers-3-Name", "Headers-4-Name", "Headers-4-Value", "Headers-5-Value"];
        Assert.Equal(fields, refused.Keys);
        Assert.Equal(refused, tested);
        Assert.Equal("x-first is there already.", refused["Headers-3-Name"]);
        Assert.Equal("Enter the header's value.", refused["Headers-2-Value"]);
    }

    [Fact]
    public async Task A_test_is_sent_with_what_stands_in_the_form()
    {
        var id = await AddAsync(_receiver.Url.AbsoluteUri, new HeaderInput("X-Kept", "kept"), new HeaderInput("X-Dropped", "dropped"));

        await _app.Get<TestSendService>().SendAsync(Test(id, new HeaderInput("X-Kept", null), new HeaderInput("X-New", "new")), Stop);
        var request = _receiver.Requests[^1];
        Assert.Equal(("kept", null, "new"), (request.Header("X-Kept"), request.Header("X-Dropped"), request.Header("X-New")));

        await _app.Get<TestSendService>().SendAsync(Test(null, new HeaderInput("X-New", "new")), Stop);
        Assert.Equal("new", _receiver.Requests[^1].Header("X-New"));
        Assert.Equal(["X-Kept", "X-Dropped"], (await SavedAsync(id)).HeaderNames);
    }

    [Fact]
    public async Task Where_the_keys_are_gone_nothing_is_sent_until_the_values_are_entered_again()
    {
        var id = await AddAsync(_receiver.Url.AbsoluteUri, new HeaderInput("Authorization", Token));
        await using (var db = _app.Open())
            await db.Notifications.ExecuteUpdateAsync(
                row => row.SetProperty(n => n.Transport.ProtectedHeaders, "CfDJ8AAAAAAAAAAAAAAAAAAAAAA"), Stop);

        await RaiseAndRunAsync();
        Assert.Empty(_receiver.Requests);
        Assert.Contains("headers cannot be decrypted", (await _app.DeliveriesAsync())[0].Attempts[0].Error, StringComparison.Ordinal);
        var saved = await SavedAsync(id);
        Assert.True(saved.HeadersLost);
        Assert.Empty(saved.HeaderNames);
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => EditAsync(saved, new HeaderInput("Authorization", "")));
        Assert.Equal("Enter the header's value.", Assert.Single(refused.Errors).Value);

        await EditAsync(saved, new HeaderInput("Authorization", "again"));
        Assert.False((await SavedAsync(id)).HeadersLost);
        await _app.Get<TestSendService>().SendSavedAsync(id, EventType.IncidentCreated, Stop);
        Assert.Equal("again", Assert.Single(_receiver.Requests).Header("Authorization"));
    }

    private static bool Holds(byte[] bytes, byte[] sought) => bytes.AsSpan().IndexOf(sought) >= 0;

    private TestSend Test(int? id, params HeaderInput[] headers) =>
        new(id, "webhook", "With headers", new(_receiver.Url.AbsoluteUri) { Headers = headers }, EventType.IncidentCreated);

    private static NotificationInput Input(string url, HeaderInput[] headers) =>
        new("webhook", "With headers", new(url) { Headers = headers }, new([EventType.ComponentStatusChanged]));

    private Task<int> AddAsync(string url, params HeaderInput[] headers) => _app.Get<NotificationService>().CreateAsync(Input(url, headers), Stop);

    private Task EditAsync(NotificationDetail saved, params HeaderInput[] headers) =>
        _app.Get<NotificationService>().UpdateAsync(saved.Id, saved.Version, Input(saved.Url!, headers), Stop);

    private async Task<NotificationDetail> SavedAsync(int id) => (await _app.Get<NotificationQueries>().FindAsync(id, Stop))!;

    private async Task RaiseAndRunAsync()
    {
        await using var db = _app.Open();
        var component = await db.Components.AsNoTracking().OrderBy(c => c.Id).FirstAsync(Stop);
        await _app.Get<ComponentService>().SetStatusAsync(component.Id, ComponentStatus.MajorOutage, cancellationToken: Stop);
        foreach (var delivery in await _app.DeliveriesAsync())
            await _app.RunJobAsync(delivery.Id);
    }
}
