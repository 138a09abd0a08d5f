using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.StatusPages;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

public sealed class StatusPageFormTests : FeatureTest
{
    [Fact]
    public async Task The_slug_follows_the_name_until_somebody_types_one()
    {
        var cut = Open<StatusPageForm>();

        Type(cut, "Name", "Main Status");
        Assert.Equal("main-status", Value(cut, "Slug"));
        Type(cut, "Slug", "mine");
        Type(cut, "Name", "Another name");
        Assert.Equal("mine", Value(cut, "Slug"));

        await cut.Find("form").SubmitAsync();

        var page = Assert.Single(await Get<StatusPageQueries>().PagesAsync(cancellationToken: Stop));
        Assert.Equal(("Another name", "mine"), (page.Name, page.Slug));
        Assert.Equal("admin/status-pages", Address);
    }

    [Fact]
    public async Task What_is_wrong_stands_beside_its_field_and_nothing_is_written()
    {
        await AddPageAsync();
        var cut = Open<StatusPageForm>();

        Type(cut, "Name", " ");
        Type(cut, "Slug", "Not a slug");
        await cut.Find("form").SubmitAsync();

        Assert.Equal("Name is required.", ErrorOf(cut, "Name"));
        Assert.StartsWith("Slug takes lower-case letters", ErrorOf(cut, "Slug"), StringComparison.Ordinal);
        Assert.Equal("Not a slug", Value(cut, "Slug"));
        Assert.Equal(2, cut.FindAll("[role=alert] li").Count);

        Type(cut, "Name", "Second");
        Type(cut, "Slug", "main");
        await cut.Find("form").SubmitAsync();

        Assert.Null(ErrorOf(cut, "Name"));
        Assert.Equal("Another status page has this slug already.", ErrorOf(cut, "Slug"));
        await using var db = await DbAsync();
        Assert.Equal(1, await db.StatusPages.CountAsync(Stop));
    }

    [Fact]
    public async Task Too_long_texts_are_told_and_kept()
    {
        var cut = Open<StatusPageForm>();
        var description = new string('d', StatusPage.DescriptionLength + 1);

        Type(cut, "Name", new string('n', StatusPage.NameLength + 1));
        Type(cut, "Slug", new string('s', StatusPage.SlugLength + 1));
        Type(cut, "Description", description);
        Type(cut, "Time zone", "");
        await cut.Find("form").SubmitAsync();

        Assert.StartsWith("Name can have at most 100 characters", ErrorOf(cut, "Name"), StringComparison.Ordinal);
        Assert.StartsWith("Slug can have at most 64 characters", ErrorOf(cut, "Slug"), StringComparison.Ordinal);
        Assert.StartsWith("Description can have at most 2000 characters", ErrorOf(cut, "Description"), StringComparison.Ordinal);
        Assert.StartsWith("Choose a time zone", ErrorOf(cut, "TimeZone"), StringComparison.Ordinal);
        Assert.Equal(description, Value(cut, "Description"));
        Assert.Empty(await Get<StatusPageQueries>().PagesAsync(cancellationToken: Stop));
    }

    [Fact]
    public async Task A_double_click_makes_one_page()
    {
        var cut = Open<StatusPageForm>();
        Type(cut, "Name", "Main");

        var form = cut.Find("form");
        await form.SubmitAsync();
        await form.SubmitAsync();

        Assert.Empty(cut.FindAll(".field-error"));
        Assert.Single(await Get<StatusPageQueries>().PagesAsync(cancellationToken: Stop));
    }

    [Fact]
    public async Task Somebody_elses_change_is_told_and_what_was_typed_stays()
    {
        var id = await AddPageAsync();
        var cut = Open<StatusPageForm>(p => p.Add(page => page.Id, id));
        Type(cut, "Name", "Mine");
        await Get<StatusPageService>().UpdateAsync(id, 0, new StatusPageInput("Theirs", "theirs"), Stop);

        await cut.Find("form").SubmitAsync();
        Assert.Contains("Someone else changed this status page", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Reload").ClickAsync();

        // The name was typed, so it stays; the slug was not touched, so it follows.
        Assert.Equal("Mine", Value(cut, "Name"));
        Assert.Equal("theirs", Value(cut, "Slug"));
        Assert.Contains("Theirs", cut.Find("#Name-warning").TextContent, StringComparison.Ordinal);
        Assert.Empty(cut.FindAll("[role=alert]"));

        await cut.Find("form").SubmitAsync();
        Assert.Equal("Mine", (await Get<StatusPageQueries>().PageAsync(id, Stop))!.Name);
    }

    [Theory]
    [InlineData(true, "America/New_York", "2026-01-15T07:00:00Z")]
    [InlineData(false, "Europe/Berlin", "2026-01-15T01:00:00Z")]
    public async Task A_change_of_the_time_zone_asks_whether_series_move_along(bool move, string ruleZone, string start)
    {
        var (id, window) = await AddSeriesAsync();
        Get<ConfirmService>().Asked += question =>
        {
            Assert.Equal("Change the time zone to America/New_York?", question.Title);
            Assert.True(question.Option!.IsOn);
            question.Option.IsOn = move;
            question.Answer.SetResult(true);
        };
        var cut = Open<StatusPageForm>(p => p.Add(page => page.Id, id));
        Type(cut, "Time zone", "America/New_York");
        await cut.Find("form").SubmitAsync();

        var row = (await Get<MaintenanceQueries>().FindAsync(window, Stop))!;
        Assert.Equal(("America/New_York", ruleZone), (row.TimeZone, row.RuleTimeZone));
        Assert.Equal(start, row.Start.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task The_question_about_series_is_asked_only_where_there_is_something_to_move_and_no_saves_nothing()
    {
        var (id, _) = await AddSeriesAsync();
        var asked = 0;
        Get<ConfirmService>().Asked += question =>
        {
            asked++;
            question.Answer.SetResult(false);
        };
        var cut = Open<StatusPageForm>(p => p.Add(page => page.Id, id));
        Type(cut, "Time zone", "Mars/Olympus");
        await cut.Find("form").SubmitAsync();
        Assert.StartsWith("Choose a time zone", ErrorOf(cut, "TimeZone"), StringComparison.Ordinal);
        Assert.Equal(0, asked);

        Type(cut, "Time zone", "America/New_York");
        await cut.Find("form").SubmitAsync();
        Assert.Equal(1, asked);
        Assert.Equal("America/New_York", Value(cut, "Time zone"));
        Assert.Equal("Europe/Berlin", (await Get<StatusPageQueries>().PageAsync(id, Stop))!.TimeZone);

        Type(cut, "Time zone", "Europe/Berlin");
        Type(cut, "Name", "Another name");
        await cut.Find("form").SubmitAsync();
        Assert.Equal(1, asked);
        Assert.Equal("Another name", (await Get<StatusPageQueries>().PageAsync(id, Stop))!.Name);
    }

    [Fact]
    public async Task The_public_URL_is_saved_shown_again_and_kept_in_a_conflict()
    {
        var id = await AddPageAsync();
        var cut = Open<StatusPageForm>(p => p.Add(page => page.Id, id));
        Type(cut, "Public URL", "status.example.com");
        await cut.Find("form").SubmitAsync();
        Assert.Contains("like https://status.example.com", ErrorOf(cut, "PublicUrl"), StringComparison.Ordinal);

        Type(cut, "Public URL", "https://mine.example.com");
        await Get<StatusPageService>().UpdateAsync(id, 0, new StatusPageInput("Main Status", "main", PublicUrl: "https://theirs.example.com"), Stop);
        await cut.Find("form").SubmitAsync();
        await Button(cut, "Reload").ClickAsync();

        Assert.Equal("https://mine.example.com", Value(cut, "Public URL"));
        Assert.Contains("https://theirs.example.com/", cut.Find("#PublicUrl-warning").TextContent, StringComparison.Ordinal);
        await cut.Find("form").SubmitAsync();
        Assert.Equal("https://mine.example.com/", (await Get<StatusPageQueries>().PageAsync(id, Stop))!.PublicUrl);
        Assert.Equal("https://mine.example.com/", Value(Open<StatusPageForm>(p => p.Add(page => page.Id, id)), "Public URL"));
    }

    [Fact]
    public void A_page_that_is_gone_says_so()
    {
        var cut = Open<StatusPageForm>(p => p.Add(page => page.Id, 99));

        Assert.Contains("This status page does not exist", cut.Markup, StringComparison.Ordinal);
        Assert.Equal("admin/status-pages", Button(cut, "Back to list").GetAttribute("href"));
    }

    private async Task<(int Page, int Window)> AddSeriesAsync()
    {
        var page = await Get<StatusPageService>().CreateAsync(new StatusPageInput("Main Status", "main", TimeZone: "Europe/Berlin"), Stop);
        var window = await Get<MaintenanceService>().ScheduleAsync(
            new MaintenanceInput(page, "Upgrade", "Short stops.", [], new DateTime(2026, 1, 15, 2, 0, 0), new DateTime(2026, 1, 15, 4, 0, 0), Rule: "0 2 * * *"), Stop);
        return (page, window);
    }
}
