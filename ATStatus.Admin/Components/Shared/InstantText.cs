using System.Text.Encodings.Web;
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

    /// <summary>Stands where a narrow column may break the text, and nowhere else.</summary>
    private protected const char Break = '\n';

    private protected abstract string TextOf(DateTime at);

    private protected virtual string? Css => "nowrap";

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
        var parts = TextOf(at).Split(Break);
        if (parts.Length == 1)
        {
            builder.AddContent(5, parts[0]);
        }
        else
        {
            builder.AddMarkupContent(6, string.Join(' ', parts.Select(part => $"<span class=\"nowrap\">{HtmlEncoder.Default.Encode(part)}</span>")));
        }
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

/// <summary>How long ago or ahead an instant is, kept fresh by the circuit's one tick: "3 min ago", in lists with the clock: "3 min ago, 14:03".</summary>
public sealed class TimeAgo : InstantText, IDisposable
{
    private string? _shown;

    /// <summary>The time of day stands beside the age, and before today the date too. For lists, where no other time stands.</summary>
    [Parameter]
    public bool AndTime { get; set; }

    private protected override string? Css => AndTime ? null : base.Css;

    /// <inheritdoc />
    protected override void OnInitialized() => Clock.Ticked += Refresh;

    private protected override string TextOf(DateTime at) => _shown = Words(at);

    // Renders only when the words change: most ticks cost a comparison.
    private void Refresh() => _ = InvokeAsync(() =>
    {
        if (At is { } at && Words(at) != _shown)
            StateHasChanged();
    });

    private string Words(DateTime at) => AndTime && Clock.Age(at) is { } age ? $"{age},{Break}{Clock.At(at)}" : AndTime ? Clock.Absolute(at) : Clock.Relative(at);

    /// <inheritdoc />
    public void Dispose() => Clock.Ticked -= Refresh;
}
