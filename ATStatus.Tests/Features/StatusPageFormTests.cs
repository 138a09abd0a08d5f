using ATStatus.Admin.Features.StatusPages;
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
        Assert.Contains("Somebody else changed this status page", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Load again").ClickAsync();

        // The name was typed, so it stays; the slug was not touched, so it follows.
        Assert.Equal("Mine", Value(cut, "Name"));
        Assert.Equal("theirs", Value(cut, "Slug"));
        Assert.Contains("Theirs", cut.Find("#Name-warning").TextContent, StringComparison.Ordinal);
        Assert.Empty(cut.FindAll("[role=alert]"));

        await cut.Find("form").SubmitAsync();
        Assert.Equal("Mine", (await Get<StatusPageQueries>().PageAsync(id, Stop))!.Name);
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
        await Button(cut, "Load again").ClickAsync();

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
}
