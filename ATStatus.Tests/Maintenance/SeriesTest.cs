using System.Globalization;
using System.Text.Json;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Maintenance;

/// <summary>A page in Berlin with the components API, Web and Mail, and the clock of maintenance. It stands at Wednesday 2026-01-14, 12:00 UTC.</summary>
public abstract class SeriesTest : IAsyncLifetime
{
    private long _seen;

    private protected CoreApp App { get; private set; } = null!;

    private protected MaintenanceService Service => App.Get<MaintenanceService>();

    private protected int Page { get; private set; }

    /// <summary>The components' numbers, in the page's order.</summary>
    private protected List<int> Parts { get; } = [];

    public async ValueTask InitializeAsync()
    {
        App = await CoreApp.StartAsync(more: services => services.AddSingleton<MaintenanceClock>());
        Page = await AddPageAsync("main");
        foreach (var name in new[] { "API", "Web", "Mail" })
            Parts.Add(await App.Get<ComponentService>().CreateAsync(new ComponentInput(Page, name, ComponentStatus.Operational)));
        await RaisedAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return App.DisposeAsync();
    }

    private protected Task<int> AddPageAsync(string slug, string zone = "Europe/Berlin") =>
        App.Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", slug, TimeZone: zone));

    /// <summary>A daily window from 02:00 to 04:00 on the API, the first tomorrow.</summary>
    private protected MaintenanceInput Daily(string starts = "2026-01-15T02:00", string ends = "2026-01-15T04:00", string rule = "0 2 * * *") =>
        new(Page, "Upgrade", "Work.", [Parts[0]], Local(starts), Local(ends), Rule: rule);

    /// <summary>A window as it stands, to be changed.</summary>
    private protected static MaintenanceInput InputOf(MaintenanceRow row) => new(
        null, row.Title, row.Message, row.ComponentIds,
        PageTimeZone.ToLocal(row.Start, PageTimeZone.Find(row.TimeZone)), PageTimeZone.ToLocal(row.End, PageTimeZone.Find(row.TimeZone)));

    private protected async Task ChangeAsync(int id, Func<MaintenanceInput, MaintenanceInput> change)
    {
        var row = await RowAsync(id);
        await Service.RescheduleAsync(id, row.Version, change(InputOf(row)));
    }

    private protected async Task<MaintenanceRow> RowAsync(int id) => (await App.Get<MaintenanceQueries>().FindAsync(id))!;

    /// <summary>The one window that waits to start.</summary>
    private protected async Task<MaintenanceRow> WaitingAsync() =>
        (await App.Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.CurrentAndUpcoming)).Single(w => w.Status == MaintenanceStatus.Scheduled);

    private protected async Task TickAsync(string utc)
    {
        App.Time.Advance(Utc(utc) - App.Now);
        await App.Get<MaintenanceClock>().TickAsync(CancellationToken.None);
    }

    /// <summary>What was raised since the last call: the type and whose.</summary>
    private protected async Task<List<string>> RaisedAsync()
    {
        await using var db = App.Open();
        var seen = _seen;
        var events = await db.Events.AsNoTracking().Where(e => e.Id > seen).OrderBy(e => e.Id).ToListAsync();
        if (events.Count > 0)
            _seen = events[^1].Id;
        return [.. events.Select(e => $"{e.Type.WireName()} {e.SubjectId}")];
    }

    /// <summary>The payload's data of every event of a type, the earliest first.</summary>
    private protected async Task<List<JsonElement>> DataAsync(EventType type)
    {
        await using var db = App.Open();
        var payloads = await db.Events.AsNoTracking().Where(e => e.Type == type).OrderBy(e => e.Id).Select(e => e.Payload).ToListAsync();
        return [.. payloads.Select(payload => JsonDocument.Parse(payload).RootElement.GetProperty("data"))];
    }

    private protected static DateTime Local(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);

    private protected static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private protected static (string Start, string End) Times(MaintenanceRow row) => (Text(row.Start), Text(row.End));

    private static string Text(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}
