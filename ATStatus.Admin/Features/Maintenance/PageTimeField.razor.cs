using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>A time of the page's clock. Says which clock that is, and asks where the time comes twice.</summary>
public sealed partial class PageTimeField
{
    private static readonly Choice<AmbiguousTime>[] Twice = [new(AmbiguousTime.Earlier, "Earlier"), new(AmbiguousTime.Later, "Later")];

    /// <summary>The accessible name.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>The error's key.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    /// <summary>The page's time zone; null while no page is chosen.</summary>
    [Parameter, EditorRequired]
    public TimeZoneInfo? Zone { get; set; }

    [Parameter]
    public PageTime Value { get; set; }

    [Parameter]
    public EventCallback<PageTime> ValueChanged { get; set; }

    [Parameter]
    public string? Error { get; set; }

    [Parameter]
    public string? Warning { get; set; }

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    // What the service would refuse is said while there is still time; after a save its own message stands there.
    private string? ShownWarning => Warning ?? (Error is null && Zone is not null ? Value.In(Zone).Problem : null);

    private string Help
    {
        get
        {
            if (Zone is null)
                return "In the time zone of the status page.";
            var text = $"Time zone of the page: {Zone.Id}.";
            return Value.In(Zone).Utc is { } utc && Zone.Id != Clock.Zone.Id ? $"{text} For you: {Clock.Absolute(utc)} ({Clock.ZoneName})." : text;
        }
    }

    private Task TypedAsync(DateTime? local) => ValueChanged.InvokeAsync(new PageTime(local));
}
