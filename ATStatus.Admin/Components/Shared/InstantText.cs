using ATStatus.Admin.Components.Browser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace ATStatus.Admin.Components.Shared;

/// <summary>An instant as a <c>time</c> element: machine-readable in UTC, the other forms on hover.</summary>
public abstract class InstantText : ComponentBase
{
    /// <summary>The instant, UTC. A kind that is not said is taken as UTC; null shows a dash.</summary>
    [Parameter, EditorRequired]
    public DateTime? At { get; set; }

    [Inject]
    private protected BrowserClock Clock { get; set; } = default!;

    private protected abstract string TextOf(DateTime at);

    private protected virtual string Css => "nowrap";

    /// <inheritdoc />
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (At is not { } at)
        {
            builder.AddMarkupContent(0, "<span class=\"muted\">—</span>");
            return;
        }
        builder.OpenElement(1, "time");
        builder.AddAttribute(2, "datetime", BrowserClock.Machine(at));
        builder.AddAttribute(3, "title", Clock.Exact(at));
        builder.AddAttribute(4, "class", Css);
        builder.AddContent(5, TextOf(at));
        builder.CloseElement();
    }
}

/// <summary>An instant in the viewer's time zone: "14 Jan 2026, 13:00". In a page's zone, where one is given, the viewer's stands in the tooltip.</summary>
public sealed class Instant : InstantText
{
    /// <summary>Shows seconds too, as logs need.</summary>
    [Parameter]
    public bool Seconds { get; set; }

    /// <summary>Another zone than the viewer's; whoever gives it says which it is.</summary>
    [Parameter]
    public TimeZoneInfo? Zone { get; set; }

    /// <summary>Another instant (UTC): on the same day as that one, the date is left out.</summary>
    [Parameter]
    public DateTime? SameDayAs { get; set; }

    private protected override string TextOf(DateTime at) =>
        SameDayAs is { } other && Clock.IsSameDay(at, other, Zone) ? Clock.TimeOfDay(at, Seconds, Zone) : Clock.Absolute(at, Seconds, Zone);
}

/// <summary>How long ago or ahead an instant is, kept fresh by the circuit's one tick: "3 min ago".</summary>
public sealed class TimeAgo : InstantText, IDisposable
{
    private string? _shown;

    /// <inheritdoc />
    protected override void OnInitialized() => Clock.Ticked += Refresh;

    private protected override string TextOf(DateTime at) => _shown = Clock.Relative(at);

    // Renders only when the words change: most ticks cost a comparison.
    private void Refresh() => _ = InvokeAsync(() =>
    {
        if (At is { } at && Clock.Relative(at) != _shown)
            StateHasChanged();
    });

    /// <inheritdoc />
    public void Dispose() => Clock.Ticked -= Refresh;
}
