using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features;

/// <summary>A time of a zone's clock. Says which clock that is, and asks where the time comes twice.</summary>
public sealed partial class WallClockField
{
    private static readonly Choice<AmbiguousTime>[] Twice = [new(AmbiguousTime.Earlier, "Earlier"), new(AmbiguousTime.Later, "Later")];

    /// <summary>The accessible name.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>The error's key.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    /// <summary>The zone whose clock it is; null while no page is chosen.</summary>
    [Parameter, EditorRequired]
    public TimeZoneInfo? Zone { get; set; }

    [Parameter]
    public WallClockTime Value { get; set; }

    [Parameter]
    public EventCallback<WallClockTime> ValueChanged { get; set; }

    [Parameter]
    public string? Error { get; set; }

    /// <summary>Another time that somebody else saved meanwhile.</summary>
    [Parameter]
    public WallClockTime? Overlooked { get; set; }

    [Parameter]
    public bool Required { get; set; }

    /// <summary>What stands under the field instead of whose clock it is.</summary>
    [Parameter]
    public string? Help { get; set; }

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    // What the service would refuse is said while there is still time; after a save its own message stands there.
    private string? ShownWarning => Theirs is not null
        ? "Changed by someone else:"
        : Error is null && Zone is not null ? Value.In(Zone).Problem : null;

    private NoteTime? Theirs => Zone is not null && Overlooked?.In(Zone).Utc is { } utc ? new NoteTime(utc, Zone) : null;

    // On the page's own clock it stands in the field already.
    private NoteTime? Yours => Zone is not null && Zone.Id != Clock.Zone.Id && Value.In(Zone).Utc is { } utc ? new NoteTime(utc) : null;

    private string ShownHelp => Help ?? (Zone, Yours) switch
    {
        (null, _) => "In the time zone of the status page.",
        (_, null) => $"Time zone of the page: {Zone.Id}.",
        _ => $"Time zone of the page: {Zone.Id}. For you ({Clock.ZoneName}):",
    };

    private Task TypedAsync(DateTime? local) => ValueChanged.InvokeAsync(new WallClockTime(local));
}
