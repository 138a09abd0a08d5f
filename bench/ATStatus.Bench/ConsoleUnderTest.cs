using System.Globalization;
using ATStatus.Admin.Hosting;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Bench;

/// <summary>The console on a fresh SQLite file, with its sample page, in this process.</summary>
internal sealed class ConsoleUnderTest : IAsyncDisposable
{
    /// <summary>Up to how many notifications are saved one by one.</summary>
    private const int MostSaved = 100;

    private readonly string _folder;
    private readonly string[] _settings;
    private WebApplication _app;

    private ConsoleUnderTest(string folder, string[] settings, WebApplication app) => (_folder, _settings, _app) = (folder, settings, app);

    public int Page { get; private set; }

    public Uri Address => new(_app.Urls.First());

    public static async Task<ConsoleUnderTest> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-bench-").FullName;
        var console = new ConsoleUnderTest(folder, settings, await StartAppAsync(folder, settings));
        await console.Get<SampleData>().LoadAsync();
        console.Page = (await console.Get<StatusPageQueries>().PagesAsync())[0].Id;
        return console;
    }

    private static async Task<WebApplication> StartAppAsync(string folder, string[] settings)
    {
        var app = AdminHost.Build(
        [
            $"--contentRoot={folder}", "--urls=http://127.0.0.1:0", "--environment=Development",
            "--Logging:LogLevel:Default=Error", "--Admin:Email=bench@example.com", "--Admin:Password=only for this bench", .. settings,
        ]);
        await AdminHost.StartAsync(app);
        return app;
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public Task NotificationAsync(string name, Uri url, EventType type) => Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", name, new(url.AbsoluteUri, "s3cret"), new([type])));

    /// <summary>So many notifications of the same kind.</summary>
    public async Task NotificationsAsync(int count, Uri url, EventType type)
    {
        if (count <= MostSaved)
        {
            for (var i = 0; i < count; i++)
                await NotificationAsync($"Bench {i}", url, type);
            return;
        }
        await NotificationAsync("Bench 0", url, type);
        await CopyNotificationAsync(count);
        // Nothing that was remembered of them is true any more.
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = await StartAppAsync(_folder, _settings);
    }

    /// <summary>Raises <c>component.created</c>.</summary>
    public Task ComponentAsync(string name) => Get<ComponentService>().CreateAsync(new ComponentInput(Page, name, ComponentStatus.Operational));

    /// <summary>Raises <c>incident.created</c>.</summary>
    public Task IncidentAsync(string title) => Get<IncidentService>().CreateAsync(
        new IncidentInput(Page, title, IncidentSeverity.Minor, IncidentStatus.Investigating, "Bench.", []), new Actor("bench"));

    public async Task<int> UnsettledAsync()
    {
        await using var db = await OpenAsync();
        return await db.Deliveries.CountAsync(d =>
            d.State == DeliveryState.Pending || d.State == DeliveryState.Sending || d.State == DeliveryState.Retrying);
    }

    /// <summary>Waits until no delivery is waiting or being sent.</summary>
    public async Task SettledAsync()
    {
        while (await UnsettledAsync() > 0)
            await Task.Delay(40);
    }

    /// <summary>Fills the log with delivered rows, an attempt each, and as many events.</summary>
    public async Task FillAsync(int rows)
    {
        await using var db = await OpenAsync();
        await LogFill.AppendAsync(db, rows, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    }

    /// <summary>
    /// Copies the first notification, with what belongs to it, until there are so many, behind the console's back: thousands of saves
    /// would take minutes. Which tables and columns there are is read from the database.
    /// </summary>
    public async Task CopyNotificationAsync(int count)
    {
        await using var connection = new SqliteConnection($"Data Source={await FileAsync()};Pooling=False");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var first = (await TextsAsync(connection, "SELECT MIN(\"Id\") FROM \"Notifications\"")).Single();
        var numbers = string.Create(
            CultureInfo.InvariantCulture,
            $"(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first} + {count} - 1) "
            + $"SELECT i FROM n WHERE i > {first})");
        await CopyAsync("Notifications", "Id", "Name");
        var dependent = await TextsAsync(connection, """
            SELECT m.name || '/' || k."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) k
            WHERE m.type = 'table' AND k."table" = 'Notifications' AND m.name NOT IN ('Notifications', 'Deliveries')
            """);
        foreach (var table in dependent)
            await CopyAsync(table.Split('/')[0], table.Split('/')[1], name: null);
        await transaction.CommitAsync();

        async Task CopyAsync(string table, string key, string? name)
        {
            // A number that the table gives itself is given anew.
            var columns = await TextsAsync(
                connection, $"SELECT name FROM pragma_table_info('{table}') WHERE pk = 0 OR name <> 'Id' OR '{key}' = 'Id'");
            var values = columns.Select(c => c == key ? "n.i" : c == name ? "'Bench ' || n.i" : $"t.\"{c}\"");
            await TextsAsync(connection, $"""
                INSERT INTO "{table}" ({string.Join(", ", columns.Select(c => $"\"{c}\""))})
                SELECT {string.Join(", ", values)} FROM "{table}" t, {numbers} n WHERE t."{key}" = {first}
                """);
        }
    }

    private static async Task<List<string>> TextsAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await reader.ReadAsync())
            texts.Add(reader.GetString(0));
        return texts;
    }

    /// <summary>Stops what runs in the background; services can be used on.</summary>
    public Task HaltAsync() => _app.StopAsync();

    /// <summary>The database's file.</summary>
    public async Task<string> FileAsync()
    {
        await using var db = await OpenAsync();
        return db.Database.GetDbConnection().DataSource;
    }

    /// <summary>The notifications, by number.</summary>
    public async Task<List<(int Id, string Name)>> NotificationNamesAsync()
    {
        await using var db = await OpenAsync();
        return [.. (await db.Notifications.OrderBy(n => n.Id).Select(n => new { n.Id, n.Name }).ToListAsync()).Select(n => (n.Id, n.Name))];
    }

    private Task<AtStatusDbContext> OpenAsync() => Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
