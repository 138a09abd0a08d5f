using ATStatus.Admin.Features.Settings;
using ATStatus.Admin.Hosting;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Admin.Hosting.Database;
using ATStatus.Admin.Hosting.Jobs;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Bunit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace ATStatus.Tests.Features.Settings;

public sealed class SettingsPageTests : FeatureTest
{
    private readonly Dictionary<string, string?> _configuration = [];
    private HealthStatus _jobs = HealthStatus.Healthy;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Services.AddSingleton(_ => AdminSettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection(_configuration).Build(), new Production()));
        Services.AddHealthChecks()
            .AddCheck<DatabaseHealth>(DatabaseHealth.Name)
            .AddCheck(JobServersHealth.Name, () => new HealthCheckResult(_jobs, "secret description"));
        await Get<DatabaseWritability>().LookAsync();
    }

    [Fact]
    public void Only_administrators_may_see_it() => Assert.Equal(
        Policies.Administer,
        Assert.Single(typeof(SettingsPage).GetCustomAttributes(typeof(AuthorizeAttribute), inherit: false).Cast<AuthorizeAttribute>(), a => a.Policy is not null).Policy);

    [Fact]
    public void Tells_what_this_console_is_and_how_it_is()
    {
        _jobs = HealthStatus.Unhealthy;

        var cut = Open<SettingsPage>();

        var console = cut.Find("[aria-labelledby=settings-console]").TextContent;
        Assert.Contains(ProgramVersion.Number, console, StringComparison.Ordinal);
        Assert.Contains("SQLite", console, StringComparison.Ordinal);
        Assert.Equal("Sqlite", ValueOf(cut, "Database:Provider"));
        Assert.Equal(["Healthy", "Not healthy"], cut.FindAll("[aria-labelledby=settings-console] .pill").Select(p => p.TextContent.Trim()));
        Assert.DoesNotContain("secret description", cut.Markup, StringComparison.Ordinal);
        Assert.Contains("no token is configured", console, StringComparison.Ordinal);
        Assert.Contains("no collector is configured", console, StringComparison.Ordinal);
        Assert.Equal("metrics", cut.Find("[aria-labelledby=settings-console] a").GetAttribute("href"));
    }

    [Fact]
    public void Shows_every_setting_of_webhooks_as_it_holds_beside_its_key()
    {
        _configuration["Webhooks:Timeout"] = "00:01:30";
        _configuration["Webhooks:RetryFactor"] = "2.5";
        _configuration["Webhooks:AllowedNetworks"] = "10.20.0.0/24, fd00::/8";
        _configuration["Webhooks:RequireHttps"] = "true";
        _configuration["Webhooks:KeepDelivered"] = "never";
        _configuration["Webhooks:CircuitFailures"] = "0";

        var cut = Open<SettingsPage>();

        Assert.Equal("1 minute 30 seconds", ValueOf(cut, "Webhooks:Timeout"));
        Assert.Equal("2.5 times", ValueOf(cut, "Webhooks:RetryFactor"));
        Assert.Equal("±10 %", ValueOf(cut, "Webhooks:RetryJitter"));
        Assert.Equal("10.20.0.0/24, fd00::/8", ValueOf(cut, "Webhooks:AllowedNetworks"));
        Assert.Equal("Yes", ValueOf(cut, "Webhooks:RequireHttps"));
        Assert.Equal("Never", ValueOf(cut, "Webhooks:CircuitFailures"));
        Assert.Equal("Forever", ValueOf(cut, "Webhooks:KeepDelivered"));
        Assert.Equal("90 days", ValueOf(cut, "Webhooks:KeepFailed"));
        // A setting that is added later must not be forgotten here.
        var keys = typeof(WebhookOptions).GetProperties().Where(p => p.CanWrite).Select(p => $"Webhooks:{p.Name}").Order();
        Assert.Equal(keys, cut.FindAll("td[data-label=Key]").Select(k => k.TextContent).Where(k => k.StartsWith("Webhooks:", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task Says_that_deleting_is_paused_until_when_and_deletes_now_when_told_to()
    {
        Assert.Empty(Open<SettingsPage>().FindAll("[aria-label='Automatic deletion']"));
        await using (var db = await DbAsync())
        {
            db.DatabaseIdentities.Add(new DatabaseIdentity { DatabaseId = Guid.NewGuid(), RetentionLookedAt = Clock.GetUtcNow().UtcDateTime.AddDays(-200) });
            await db.SaveChangesAsync(Stop);
        }
        Assert.False(await Get<RetentionClock>().LookAsync(Stop));
        var cut = Open<SettingsPage>();

        var notice = cut.Find("[aria-label='Automatic deletion']").TextContent;
        Assert.Contains("Automatic deletion has been paused since", notice, StringComparison.Ordinal);
        Assert.Contains("the console was off for over a day, or its clock is wrong", notice, StringComparison.Ordinal);
        string? asked = null;
        Get<Admin.Components.Shared.ConfirmService>().Asked += question =>
        {
            asked = question.Title;
            question.Answer.SetResult(true);
        };
        await Button(cut, "Delete now").ClickAsync(new());
        cut.WaitForAssertion(() => Assert.Empty(cut.FindAll("[aria-label='Automatic deletion']")));
        Assert.Equal("Delete old log entries now?", asked);
        Assert.Null(Get<RetentionClock>().Pause);
    }

    [Fact]
    public void Says_of_secrets_only_that_they_are_there()
    {
        _configuration["Metrics:Token"] = "0123456789abcdef-token";
        _configuration["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "https://key-in-the-host.example/key-in-the-path";
        _configuration["Webhooks:Proxy"] = "http://user:pass-word@proxy.example:3128";
        _configuration["Admin:Email"] = "ada@example.com";
        _configuration["Admin:Password"] = "pass-word";

        var cut = Open<SettingsPage>();

        Assert.Equal("Configured", ValueOf(cut, "Metrics:Token"));
        Assert.Equal("Configured", ValueOf(cut, "Webhooks:Proxy"));
        Assert.Contains("scrapers with the token", cut.Markup, StringComparison.Ordinal);
        Assert.Contains("Sent to a collector", cut.Markup, StringComparison.Ordinal);
        foreach (var secret in (string[])["0123456789abcdef-token", "key-in-the", "pass-word", "Data Source"])
            Assert.DoesNotContain(secret, cut.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Warns_beside_a_value_that_lets_everything_through()
    {
        _configuration["Webhooks:AllowedNetworks"] = "0.0.0.0/0";
        _configuration["Hosting:PublicUrl"] = "https://status.example.com";

        var cut = Open<SettingsPage>();

        Assert.Equal("https://status.example.com/", ValueOf(cut, "Hosting:PublicUrl"));
        Assert.Equal("None", ValueOf(cut, "DataProtection:Certificate"));
        Assert.Contains("Webhooks can be sent to any address", Assert.Single(cut.FindAll(".warning")).TextContent, StringComparison.Ordinal);
        Assert.StartsWith("0.0.0.0/0", ValueOf(cut, "Webhooks:AllowedNetworks"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draws_what_retention_removed_by_day_and_tells_all_of_it_in_a_table()
    {
        await PrunedAsync(
            new PrunedDay { Day = Day(-200), Delivered = 1000, Failed = 1, Attempts = 1010, Events = 900 },
            new PrunedDay { Day = Day(-29), Delivered = 40, Attempts = 41, Events = 7 },
            new PrunedDay { Day = Day(0), Delivered = 9999, Failed = 1, Attempts = 10020, Events = 2500 });

        var cut = Open<SettingsPage>();

        var chart = cut.Find("svg.bars");
        Assert.Equal(
            "Removed in the last 30 days: 10,039 delivered, 1 failed or skipped; most on 14 Jan 2026: 10,000", chart.GetAttribute("aria-label"));
        var days = chart.QuerySelectorAll("g");
        Assert.Equal(("2025-12-16", "2026-01-14", 30), (days[0].GetAttribute("data-day"), days[^1].GetAttribute("data-day"), days.Length));
        Assert.Equal("14 Jan 2026: 9,999 delivered, 1 failed or skipped", days[^1].QuerySelector("title")!.TextContent);
        // One failed among thousands is seen, and nothing is drawn above the frame.
        Assert.All(days[^1].QuerySelectorAll("rect"), rect => Assert.True(Number(rect, "y") >= 0 && Number(rect, "height") >= 3));
        Assert.All(days[1].QuerySelectorAll("rect.delivered, rect.failed"), rect => Assert.Equal(0, Number(rect, "height")));

        Assert.Equal(
            [["14 Jan 2026", "9,999", "1", "10,020", "2,500"], ["16 Dec 2025", "40", "0", "41", "7"]],
            cut.FindAll("details tbody tr").Select(row => row.Children.Select(cell => cell.TextContent.Trim()).ToArray()));
        Assert.Contains(
            "11,041 deliveries (11,039 delivered, 2 failed or skipped), 11,071 attempts, 3,407 events",
            Removed(cut), StringComparison.Ordinal);
        Assert.Contains("28 Jun 2025", Removed(cut), StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_nothing_was_removed_yet()
    {
        var cut = Open<SettingsPage>();

        Assert.Contains("Nothing deleted yet", cut.Find("[aria-labelledby=settings-removed]").TextContent, StringComparison.Ordinal);
        Assert.Empty(cut.FindAll("svg.bars"));
    }

    [Fact]
    public async Task Without_the_database_the_settings_are_shown_and_what_failed_can_be_tried_again()
    {
        await ExecuteAsync("ALTER TABLE \"PrunedDays\" RENAME TO \"Elsewhere\"");
        var cut = Open<SettingsPage>();

        Assert.Contains("This could not be loaded", cut.Find("[aria-labelledby=settings-removed] [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("10 seconds", ValueOf(cut, "Webhooks:Timeout"));

        await ExecuteAsync("ALTER TABLE \"Elsewhere\" RENAME TO \"PrunedDays\"");
        await PrunedAsync(new PrunedDay { Day = Day(-1), Delivered = 1, Attempts = 1, Events = 1 });
        await Button(cut, "Retry").ClickAsync();
        cut.WaitForAssertion(() => Assert.Contains(
            "1 delivery (1 delivered, 0 failed or skipped), 1 attempt, 1 event",
            Removed(cut), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("00:00:00", "0 seconds")]
    [InlineData("00:00:00.5", "0.5 seconds")]
    [InlineData("00:00:01", "1 second")]
    [InlineData("01:00:00", "1 hour")]
    [InlineData("1.02:03:04", "1 day 2 hours 3 minutes 4 seconds")]
    public void Durations_in_words(string duration, string expected) =>
        Assert.Equal(expected, SettingLine.DisplayText(TimeSpan.Parse(duration, System.Globalization.CultureInfo.InvariantCulture)));

    private static string Removed(IRenderedComponent<SettingsPage> cut) => System.Text.RegularExpressions.Regex.Replace(
        cut.Find("[aria-labelledby=settings-removed]").TextContent, "\\s+", " ");

    private static string ValueOf(IRenderedComponent<SettingsPage> cut, string key) => cut.FindAll("tr")
        .Single(row => row.QuerySelector("td[data-label=Key]")?.TextContent == key).QuerySelector("td[data-label=Value]")!.TextContent.Trim();

    private static double Number(AngleSharp.Dom.IElement element, string name) =>
        double.Parse(element.GetAttribute(name)!, System.Globalization.CultureInfo.InvariantCulture);

    private DateTime Day(int ahead) => Clock.GetUtcNow().UtcDateTime.Date.AddDays(ahead);

    private async Task PrunedAsync(params PrunedDay[] days)
    {
        await using var db = await DbAsync();
        db.PrunedDays.AddRange(days);
        await db.SaveChangesAsync(Stop);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var db = await DbAsync();
        await db.Database.ExecuteSqlRawAsync(sql, Stop);
    }

    private sealed class Production : IHostEnvironment
    {
        public string ApplicationName { get; set; } = "ATStatus.Admin";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();

        public string ContentRootPath { get; set; } = Path.GetTempPath();

        public string EnvironmentName { get; set; } = "Production";
    }
}
