using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Admin.Hosting.Database;
using ATStatus.Admin.Hosting.Jobs;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MudBlazor;

namespace ATStatus.Admin.Features.Settings;

/// <summary>How the console is set up and how it is, to look at: nothing is changed here.</summary>
public sealed partial class SettingsPage
{
    private HealthStatus _database;
    private HealthStatus _jobs;

    [Inject]
    private AdminSettings Settings { get; set; } = default!;

    [Inject]
    private HealthCheckService Health { get; set; } = default!;

    private static string Version => ProgramVersion.Commit is { } commit ? $"{ProgramVersion.Number} ({commit})" : ProgramVersion.Number;

    private IReadOnlyDictionary<string, string> Warnings => SettingWarnings.Of(Settings);

    private bool IsSqlite => Settings.Database.Provider == DatabaseProvider.Sqlite;

    private string Provider => IsSqlite ? "SQLite" : "SQL Server";

    private string JobStorage => IsSqlite ? "In memory" : "In the database";

    private string MetricsReaders => Settings.Telemetry.MetricsToken is null
        ? "for administrators only: no token is configured"
        : "for administrators and for scrapers with the token";

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        // A check that throws is an unhealthy entry; its text may be a provider's and stays in the log.
        var report = await Health.CheckHealthAsync(check => check.Name is DatabaseHealth.Name or JobServersHealth.Name, Gone);
        _database = StatusOf(report, DatabaseHealth.Name);
        _jobs = StatusOf(report, JobServersHealth.Name);
    }

    private static HealthStatus StatusOf(HealthReport report, string name) =>
        report.Entries.TryGetValue(name, out var entry) ? entry.Status : HealthStatus.Unhealthy;

    private static string DisplayText(HealthStatus status) => status == HealthStatus.Healthy ? "Healthy" : "Not healthy";

    private static Tone ToneOf(HealthStatus status) => status == HealthStatus.Healthy ? Tone.Success : Tone.Danger;

    private static string IconOf(HealthStatus status) =>
        status == HealthStatus.Healthy ? Icons.Material.Outlined.CheckCircle : Icons.Material.Outlined.Cancel;
}
