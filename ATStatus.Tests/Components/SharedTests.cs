using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using Bunit;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;

namespace ATStatus.Tests.Components;

public sealed class SharedTests : ConsoleContext
{
    [Theory]
    [InlineData(StatusKind.Delivery, "retrying", "Retrying", "pill-warning")]
    [InlineData(StatusKind.Component, "partial_outage", "Partial outage", "pill-warning")]
    [InlineData(StatusKind.Component, "maintenance", "Maintenance", "pill-maintenance")]
    [InlineData(StatusKind.Incident, "resolved", "Resolved", "pill-success")]
    [InlineData(StatusKind.Severity, "critical", "Critical", "pill-danger")]
    public void Chip_says_its_state_in_word_icon_and_colour(StatusKind kind, string value, string word, string css)
    {
        var chip = Render<StatusChip>(p => p.Add(c => c.Kind, kind).Add(c => c.Value, value));

        Assert.Equal(word, chip.Find(".pill").TextContent.Trim());
        Assert.Contains(css, chip.Find(".pill").ClassList);
        Assert.NotNull(chip.Find("svg"));
    }

    [Fact]
    public void Unknown_state_is_shown_as_it_is() =>
        Assert.Equal("brand_new", Render<StatusChip>(p => p.Add(c => c.Kind, StatusKind.Delivery).Add(c => c.Value, "brand_new")).Find(".pill").TextContent.Trim());

    [Theory]
    [InlineData(StatusKind.Delivery, "pending sending retrying delivered failed skipped")]
    [InlineData(StatusKind.Component, "operational degraded partial_outage major_outage maintenance")]
    [InlineData(StatusKind.Incident, "investigating identified monitoring resolved")]
    [InlineData(StatusKind.Severity, "none minor major critical")]
    public void Every_state_of_the_contract_has_its_look(StatusKind kind, string states) =>
        Assert.Equal(states.Split(' '), StatusStyles.All(kind).Select(style => style.Key));

    [Fact]
    public void Time_element_carries_the_utc_instant()
    {
        var time = Render<TimeAgo>(p => p.Add(t => t.At, Noon.AddMinutes(-3))).Find("time");

        Assert.Equal("2026-01-14T11:57:00Z", time.GetAttribute("datetime"));
        Assert.Contains("2026-01-14T11:57:00Z", time.GetAttribute("title"), StringComparison.Ordinal);
        Assert.Equal("3 min ago", time.TextContent);
    }

    [Fact]
    public void Instant_of_unsaid_kind_is_utc()
    {
        var time = Render<Instant>(p => p.Add(t => t.At, DateTime.SpecifyKind(Noon, DateTimeKind.Unspecified)).Add(t => t.Seconds, true)).Find("time");

        Assert.Equal("2026-01-14T12:00:00Z", time.GetAttribute("datetime"));
        Assert.Equal("14 Jan 2026, 12:00:00", time.TextContent);
    }

    [Fact]
    public void No_instant_is_a_dash() => Assert.Equal("—", Render<Instant>(p => p.Add(t => t.At, null)).Find("span").TextContent);

    [Fact]
    public async Task Instant_follows_the_viewers_zone_and_hours()
    {
        JSInterop.Setup<BrowserEnvironment>("atstatus.environment").SetResult(new("America/New_York", true));
        await Services.GetRequiredService<BrowserClock>().StartAsync();

        Assert.Equal("14 Jan 2026, 7:00 AM", Render<Instant>(p => p.Add(t => t.At, Noon)).Find("time").TextContent);
    }

    [Fact]
    public async Task Browser_that_does_not_answer_leaves_utc()
    {
        JSInterop.Setup<BrowserEnvironment>("atstatus.environment").SetException(new JSException("blocked"));
        var clock = Services.GetRequiredService<BrowserClock>();

        await clock.StartAsync();

        Assert.Equal(TimeZoneInfo.Utc, clock.Zone);
    }

    [Theory]
    [InlineData(4, "just now")]
    [InlineData(47, "40 s ago")]
    [InlineData(3599, "59 min ago")]
    [InlineData(7200, "2 h ago")]
    [InlineData(86400 * 29, "29 d ago")]
    [InlineData(86400 * 31, "14 Dec 2025")]
    [InlineData(-3, "in a moment")]
    [InlineData(-300, "in 5 min")]
    public void Relative_words(int secondsAgo, string words) =>
        Assert.Equal(words, Services.GetRequiredService<BrowserClock>().Relative(Noon.AddSeconds(-secondsAgo)));

    [Theory]
    [InlineData("dmy", "14 Jan 2026, 13:00", "14 Dec 2025")]
    [InlineData("mdy", "Jan 14, 2026, 13:00", "Dec 14, 2025")]
    [InlineData("ymd", "2026 Jan 14, 13:00", "2025 Dec 14")]
    [InlineData("surprise", "14 Jan 2026, 13:00", "14 Dec 2025")]
    [InlineData(null, "14 Jan 2026, 13:00", "14 Dec 2025")]
    public async Task Dates_stand_in_the_order_of_the_viewers_language(string? order, string instant, string date)
    {
        JSInterop.Setup<BrowserEnvironment>("atstatus.environment").SetResult(new("Europe/Berlin", false, order));
        var clock = Services.GetRequiredService<BrowserClock>();
        await clock.StartAsync();
        Assert.Equal(instant, Render<Instant>(p => p.Add(t => t.At, Noon)).Find("time").TextContent);
        Assert.Equal(date, clock.Relative(Noon.AddDays(-31)));
        Assert.Equal(date, clock.Date(new DateOnly(2025, 12, 14)));
    }

    [Theory]
    [InlineData(120, "2 min ago, 11:58")]
    [InlineData(3, "just now, 11:59")]
    [InlineData(86400 * 3, "3 d ago, 11 Jan 2026, 12:00")]
    [InlineData(86400 * 31, "14 Dec 2025, 12:00")]
    [InlineData(-7200, "in 2 h, 14:00")]
    public void In_lists_the_clock_stands_beside_the_age(int secondsAgo, string words) =>
        Assert.Equal(words, Render<TimeAgo>(p => p.Add(t => t.At, Noon.AddSeconds(-secondsAgo)).Add(t => t.AndTime, true)).Find("time").TextContent);

    [Fact]
    public void Relative_time_stays_fresh_by_the_shared_tick()
    {
        var ago = Render<TimeAgo>(p => p.Add(t => t.At, Noon.AddSeconds(-50)));
        Assert.Equal("50 s ago", ago.Find("time").TextContent);
        var renders = ago.RenderCount;

        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(renders, ago.RenderCount);

        Time.Advance(TimeSpan.FromSeconds(5));
        ago.WaitForAssertion(() => Assert.Equal("1 min ago", ago.Find("time").TextContent));
    }

    [Fact]
    public void Busy_button_keeps_the_focus_but_does_nothing()
    {
        var clicks = 0;
        var button = Render<ActionButton>(p => p.Add(b => b.Text, "Send test").Add(b => b.OnClick, () => clicks++).Add(b => b.Busy, true));

        button.Find("button").Click();

        Assert.Equal(0, clicks);
        Assert.False(button.Find("button").HasAttribute("disabled"));
        Assert.Equal("true", button.Find("button").GetAttribute("aria-disabled"));

        button.Render(p => p.Add(b => b.Busy, false));
        button.Find("button").Click();
        Assert.Equal(1, clicks);
    }

    [Fact]
    public void Icon_button_is_named_by_its_text() =>
        Assert.Equal("Edit Main channel", Render<ActionButton>(p => p.Add(b => b.Text, "Edit Main channel").Add(b => b.IconOnly, true).Add(b => b.Icon, "<path/>"))
            .Find("button").GetAttribute("aria-label"));

    [Fact]
    public void Code_is_indented_without_touching_escapes_numbers_or_symbols()
    {
        const string Body = """{"t":"a \" \u00e9 🚀 {[,:]}","n":1.50,"e":{},"l":[ ],"m":[1,2]}""";
        var code = Render<CodeBlock>(p => p.Add(c => c.Label, "Request body").Add(c => c.Text, Body).Add(c => c.Json, true));

        Assert.Equal("""
            {
              "t": "a \" \u00e9 🚀 {[,:]}",
              "n": 1.50,
              "e": {},
              "l": [],
              "m": [
                1,
                2
              ]
            }
            """.ReplaceLineEndings("\n"), code.Find("pre").TextContent);

        code.FindAll("button").Single(b => b.TextContent.Trim() == "Raw").Click();
        Assert.Equal(Body, code.Find("pre").TextContent);
    }

    [Fact]
    public void Code_that_is_not_json_is_shown_as_it_is()
    {
        var code = Render<CodeBlock>(p => p.Add(c => c.Label, "Response").Add(c => c.Text, "<html>").Add(c => c.Json, true));

        Assert.Equal("<html>", code.Find("pre").TextContent);
        Assert.Single(code.FindAll("button"));
    }

    [Fact]
    public void Copy_copies_the_exact_text_and_says_so()
    {
        JSInterop.Setup<bool>("atstatus.copy", "x\ty").SetResult(true);
        var region = Render<LiveRegion>();

        Render<CopyButton>(p => p.Add(b => b.Text, "x\ty")).Find("button").Click();

        region.WaitForAssertion(() => Assert.Contains("Copied", region.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Confirm_answers_with_the_button_pressed()
    {
        Assert.True(await AskAndPressAsync("Delete"));
        Assert.False(await AskAndPressAsync("Cancel"));
    }

    [Fact]
    public async Task Confirm_closed_by_escape_means_no() => Assert.False(await AskAndPressAsync(null));

    [Fact]
    public async Task Confirm_without_a_dialog_means_no() =>
        Assert.False(await Services.GetRequiredService<ConfirmService>().AskAsync("Delete?", "Gone for good.", "Delete"));

    [Fact]
    public void Error_summary_lists_and_takes_the_focus_once_per_set()
    {
        JSInterop.SetupVoid("Blazor._internal.domWrapper.focus", _ => true).SetVoidResult();
        var errors = new Dictionary<string, string> { ["name"] = "A name is needed." };
        var summary = Render<ErrorSummary>(p => p.Add(s => s.Errors, errors));
        summary.Render(p => p.Add(s => s.Errors, errors));

        Assert.Equal("A name is needed.", summary.Find("li").TextContent);
        Assert.Single(JSInterop.Invocations, i => i.Identifier == "Blazor._internal.domWrapper.focus");

        JSInterop.SetupVoid("atstatus.focus", "name").SetVoidResult();
        summary.Find("li button").Click();
        JSInterop.VerifyInvoke("atstatus.focus");
    }

    private async Task<bool> AskAndPressAsync(string? button)
    {
        JSInterop.SetupVoid("atstatus.openDialog", _ => true).SetVoidResult();
        JSInterop.SetupVoid("atstatus.closeDialog", _ => true).SetVoidResult();
        var dialog = Render<ConfirmDialog>();
        var answer = Services.GetRequiredService<ConfirmService>().AskAsync("Delete Main?", "The log stays.", "Delete", danger: true);
        dialog.WaitForElement("#confirm-title");
        if (button is not null)
            await dialog.FindAll("button").Single(b => b.TextContent.Trim() == button).ClickAsync(new MouseEventArgs());
        // What the browser reports after every way of closing.
        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        var said = await answer.WaitAsync(Xunit.TestContext.Current.CancellationToken);
        await dialog.InvokeAsync(dialog.Instance.Dispose);
        return said;
    }
}
