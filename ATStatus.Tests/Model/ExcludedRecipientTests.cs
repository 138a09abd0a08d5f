using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Model;

/// <summary>An event keeps who was not subscribed when it was recorded, by the same judgement that chose the recipients.</summary>
public sealed class ExcludedRecipientTests : IAsyncLifetime
{
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Each_that_did_not_match_is_kept_with_number_name_and_reason()
    {
        var other = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"));
        await AddAsync("All", EventTypes.All);
        var event_ = await AddAsync("Ops \"night\" <Größe> 🚨", [EventType.IncidentResolved]);
        var page = await AddAsync("Other page", EventTypes.All, other);
        var both = await AddAsync("Neither", [EventType.ComponentDeleted], other);
        await _app.Get<NotificationService>().SetEnabledAsync(1, false);

        await IncidentAsync();

        var storedEvent = await OnlyEventAsync();
        Assert.Equal(
            $$"""[{"id":{{event_}},"name":"Ops \"night\" <Größe> 🚨","why":"event"},{"id":{{page}},"name":"Other page","why":"page"},{"id":{{both}},"name":"Neither","why":"event"}]"""
                .Replace("🚨", "\\uD83D\\uDEA8", StringComparison.Ordinal),
            storedEvent.LeftOut);
        Assert.Equal(
            [new(event_, "Ops \"night\" <Größe> 🚨", ExclusionReason.Event), new(page, "Other page", ExclusionReason.Page), new(both, "Neither", ExclusionReason.Event)],
            ExcludedRecipient.Read(storedEvent.LeftOut));
        // One that is off is not left out: it has its delivery, skipped.
        Assert.Equal("All", Assert.Single(await _app.DeliveriesAsync()).NotificationName);
    }

    [Fact]
    public async Task Nothing_is_kept_where_everybody_matched_or_nobody_is_there()
    {
        await IncidentAsync();
        Assert.Null((await OnlyEventAsync()).LeftOut);
        await AddAsync("All", EventTypes.All);
        await IncidentAsync();
        await using var db = _app.Open();
        Assert.All(await db.Events.ToListAsync(), e => Assert.Null(e.LeftOut));
    }

    [Fact]
    public async Task A_preview_judges_as_the_save_does_and_keeps_nothing()
    {
        await AddAsync("All", EventTypes.All);
        await AddAsync("Resolved only", [EventType.IncidentResolved]);
        var planned = await _app.Get<IncidentService>().PreviewCreateAsync(Input(), new Actor("op"));
        Assert.Equal(["All"], Assert.Single(planned).Recipients.Select(r => r.Name));
        await using var db = _app.Open();
        Assert.Equal(0, await db.Events.CountAsync());
    }

    [Fact]
    public void A_reason_of_a_later_version_is_read_as_unknown()
    {
        Assert.Equal([new ExcludedRecipient(3, "x", null)], ExcludedRecipient.Read("""[{"id":3,"name":"x","why":"moon"}]"""));
        Assert.Empty(ExcludedRecipient.Read(null));
        Assert.All(Enum.GetValues<ExclusionReason>(), why =>
        {
            Assert.Equal(why, ExclusionReasons.Parse(why.Code()));
            Assert.NotEmpty(why.DisplayText());
        });
    }

    private Task<int> AddAsync(string name, IEnumerable<EventType> events, int? page = null) => _app.Get<NotificationService>().CreateAsync(
        new NotificationInput(
            "webhook", name, new("http://127.0.0.1:9/"),
            new([.. events]) { StatusPageIds = page is { } id ? [id] : null }));

    private Task<int> IncidentAsync() => _app.Get<IncidentService>().CreateAsync(Input(), new Actor("op"));

    private IncidentInput Input() => new(_page.Id, "API errors", IncidentSeverity.Major, IncidentStatus.Investigating, "We look into it.", []);

    private async Task<StoredEvent> OnlyEventAsync()
    {
        await using var db = _app.Open();
        return await db.Events.SingleAsync();
    }
}
