using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Bench;

/// <summary>
/// How long each question of the log takes over a million deliveries on SQLite: every filter, sensible pairs, text, and the counts, at
/// random places. Prints the plan of each statement that a question consists of.
/// </summary>
internal static class LogBench
{
    private const int PageSize = 50;

    private static readonly DateTime Begin = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    /// <summary>Each with what is random about it.</summary>
    private static readonly (string Name, Func<Random, DeliveryFilter> Make)[] Filters =
    [
        ("everything", _ => new()),
        ("notification", r => new(r.Next(1, 11))),
        ("event type", r => new(Event: EventTypes.All[r.Next(9)])),
        ("state delivered", _ => new(State: DeliveryState.Delivered)),
        ("state failed", _ => new(State: DeliveryState.Failed)),
        ("state skipped", _ => new(State: DeliveryState.Skipped)),
        ("state pending, sending, retrying", r => new(State: (DeliveryState)r.Next(3))),
        ("kind of failure", r => new(Failure: (FailureKind)r.Next(7))),
        ("status 2xx", _ => new(Status: StatusRange.Class(2))),
        ("status 3xx-5xx", r => new(Status: StatusRange.Class(r.Next(3, 6)))),
        ("exact status", r => new(Status: StatusRange.Exactly(new[] { 200, 202, 204, 301, 401, 404, 429, 500, 503, 418 }[r.Next(10)]))),
        ("an hour to a week", r => Time(r, new())),
        ("tests", _ => new(IsTest: true)),
        ("real", _ => new(IsTest: false)),
        ("text in many titles", r => new(Text: new[] { "checkout", "in Frankfurt", "restarts again", "(ticket" }[r.Next(4)])),
        ("text in few titles", r => new(Text: $"ticket {r.Next(1000, 9999)}")),
        ("text in no title", r => new(Text: $"nothing of {r.Next()}")),
        ("text that begins request ids", r => new(Text: r.Next(0x10000, 0xFFFFF).ToString("x5", CultureInfo.InvariantCulture))),
        ("delivery number", r => new(Text: $"#{r.Next(1, 1_000_000)}")),
        ("notification, event type", r => new(r.Next(1, 11), Event: EventTypes.All[r.Next(9)])),
        ("notification, event type it never gets", r => new(9, Event: EventTypes.All[r.Next(6, 8)])),
        ("notification, delivered", r => new(r.Next(1, 11), DeliveryState.Delivered)),
        ("notification, failed", r => new(r.Next(1, 11), DeliveryState.Failed)),
        ("notification, skipped", r => new(r.Next(1, 11), DeliveryState.Skipped)),
        ("notification, time", r => Time(r, new(r.Next(1, 11)))),
        ("notification, kind of failure", r => new(r.Next(1, 11), Failure: (FailureKind)r.Next(7))),
        ("notification, text in many titles", r => new(r.Next(1, 11), Text: "checkout")),
        ("notification, tests", r => new(r.Next(1, 11), IsTest: true)),
        ("event type, failed", r => new(State: DeliveryState.Failed, Event: EventTypes.All[r.Next(9)])),
        ("event type, delivered", r => new(State: DeliveryState.Delivered, Event: EventTypes.All[r.Next(9)])),
        ("event type, time", r => Time(r, new(Event: EventTypes.All[r.Next(9)]))),
        ("failed, time", r => Time(r, new(State: DeliveryState.Failed))),
        ("failed, text in many titles", _ => new(State: DeliveryState.Failed, Text: "checkout")),
        ("failed, status 4xx", _ => new(State: DeliveryState.Failed, Status: StatusRange.Class(4))),
        ("delivered, status 5xx (none)", _ => new(State: DeliveryState.Delivered, Status: StatusRange.Class(5))),
        ("failed, status 2xx (none)", _ => new(State: DeliveryState.Failed, Status: StatusRange.Class(2))),
    ];

    public static async Task<int> RunAsync(int deliveries, int rounds, string? file, bool withPlans)
    {
        var folder = file is null ? Directory.CreateTempSubdirectory("atstatus-bench-").FullName : null;
        file ??= Path.Combine(folder!, "log.db");
        try
        {
            await using var provider = await OpenAsync(file, deliveries);
            var queries = ActivatorUtilities.CreateInstance<DeliveryQueries>(provider);
            var last = (await queries.PageAsync(new DeliveryFilter(), null, null, 1)).Rows[0].Id;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{last} deliveries; milliseconds of {rounds} runs each, and the share of pages that stopped before they were full and of counts that did not end"));
            Console.WriteLine($"{"",-48}{"median",9}{"95th",9}{"longest",9}{"95th CPU",9}{"stopped",9}");
            using var plans = new PlanRecorder(provider);
            foreach (var (name, make) in Filters)
            {
                await MeasureAsync($"page: {name}", rounds, plans, withPlans, async random =>
                    (await queries.PageAsync(make(random), random.NextInt64(1, last + PageSize), null, PageSize)).SearchedTo is not null);
            }
            await MeasureAsync("page: everything, newer than", rounds, plans, withPlans, async random =>
                (await queries.PageAsync(new DeliveryFilter(), null, random.NextInt64(1, last), PageSize)).SearchedTo is not null);
            foreach (var (name, make) in Filters)
                await MeasureAsync($"counts: {name}", rounds, plans, withPlans, async random => (await queries.CountAsync(make(random))).All.IsMore);
            await MeasureChartsAsync(provider, queries, rounds, plans, withPlans);
        }
        finally
        {
            if (folder is not null)
                Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    /// <summary>What is drawn of the log elsewhere.</summary>
    private static async Task MeasureChartsAsync(ServiceProvider provider, DeliveryQueries queries, int rounds, PlanRecorder plans, bool withPlans)
    {
        var statistics = ActivatorUtilities.CreateInstance<NotificationStatistics>(provider);
        foreach (var period in Enum.GetValues<StatisticsPeriod>())
        {
            await MeasureAsync($"chart: a notification's {period}", rounds, plans, withPlans, async random =>
                (await statistics.FindAsync(random.Next(1, 11), period)).Points.Count == 0);
        }
        await MeasureAsync("chart: states of the last 24 hours", rounds, plans, withPlans, async _ =>
            (await queries.CountByStateAsync(TimeSpan.FromHours(24))).Count == 0);
    }

    /// <summary>An hour, a day, a week.</summary>
    private static readonly int[] Spans = [1, 24, 168];

    private static DeliveryFilter Time(Random random, DeliveryFilter filter)
    {
        var span = TimeSpan.FromHours(Spans[random.Next(Spans.Length)]);
        var since = Begin + (Month - span) * random.NextDouble();
        return filter with { Since = since, Until = since + span };
    }

    private static async Task<ServiceProvider> OpenAsync(string file, int deliveries)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDataProtection();
        // The moment at which the log ends.
        services.AddSingleton<TimeProvider>(new StandingClock(Begin + Month));
        services.AddPersistence(new DatabaseOptions(DatabaseProvider.Sqlite, $"Data Source={file}"));
        services.AddSingleton<DatabaseMigrator>();
        services.AddSingleton<TargetProtector>();
        var provider = services.BuildServiceProvider();
        var isNew = !File.Exists(file);
        await provider.GetRequiredService<DatabaseMigrator>().MigrateAsync();
        await using var db = await provider.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync();
        if (isNew)
            await LogFill.FillAsync(db, deliveries);
        return provider;
    }

    private static async Task MeasureAsync(string name, int rounds, PlanRecorder plans, bool withPlans, Func<Random, Task<bool>> ask)
    {
        // The same questions in each run of the program.
        var random = new Random(17);
        for (var i = 0; i < 5; i++)
            await ask(random);
        var (times, cpu, stopped) = (new List<double>(rounds), new List<double>(rounds), 0);
        for (var i = 0; i < rounds; i++)
        {
            var (begun, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            stopped += await ask(random) ? 1 : 0;
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            cpu.Add((Environment.CpuUsage.TotalTime - used).TotalMilliseconds);
        }
        times.Sort();
        cpu.Sort();
        var at95 = (int)Math.Ceiling(rounds * 0.95) - 1;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-48}{times[rounds / 2],9:F1}{times[at95],9:F1}{times[^1],9:F1}{cpu[at95],9:F1}{100.0 * stopped / rounds,8:F0}%"));
        if (withPlans)
            await plans.PrintAsync(() => ask(random));
    }

    private sealed class StandingClock(DateTime at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }

    /// <summary>Notes the statements of one question and prints their plans.</summary>
    private sealed class PlanRecorder : IDisposable, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        private readonly ServiceProvider _provider;
        private readonly IDisposable _listeners;
        private List<(string Sql, DbParameter[] Parameters)>? _noted;

        public PlanRecorder(ServiceProvider provider)
        {
            _provider = provider;
            _listeners = DiagnosticListener.AllListeners.Subscribe(this);
        }

        public async Task PrintAsync(Func<Task> ask)
        {
            _noted = [];
            await ask();
            var noted = _noted;
            _noted = null;
            await using var db = await _provider.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync();
            await db.Database.OpenConnectionAsync();
            foreach (var (sql, parameters) in noted)
            {
                await using var command = db.Database.GetDbConnection().CreateCommand();
                command.CommandText = "EXPLAIN QUERY PLAN " + sql;
                foreach (var parameter in parameters)
                {
                    var copy = command.CreateParameter();
                    (copy.ParameterName, copy.Value) = (parameter.ParameterName, parameter.Value);
                    command.Parameters.Add(copy);
                }
                var lines = new List<string>();
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                    lines.Add(reader.GetString(3));
                Console.WriteLine("    " + string.Join("; ", lines));
            }
        }

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == DbLoggerCategory.Name)
                value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (_noted is not null && value.Key == RelationalEventId.CommandExecuting.Name && value.Value is CommandEventData data
                && !data.Command.CommandText.StartsWith("PRAGMA", StringComparison.Ordinal))
                _noted.Add((data.Command.CommandText, [.. data.Command.Parameters.Cast<DbParameter>()]));
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _listeners.Dispose();
    }
}
