using System.Globalization;
using ATStatus.Admin.Components.Browser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace ATStatus.Admin.Components.Shared;

/// <summary>How long something took, or takes by now: "2 h 5 min". While it has no end it stays fresh by the circuit's one tick.</summary>
public sealed class Duration : ComponentBase, IDisposable
{
    private string? _shown;

    /// <summary>The beginning (UTC).</summary>
    [Parameter, EditorRequired]
    public DateTime From { get; set; }

    /// <summary>The end (UTC); null while it lasts.</summary>
    [Parameter, EditorRequired]
    public DateTime? To { get; set; }

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private string Text => DisplayText((To ?? Clock.UtcNow) - From);

    /// <summary>The two largest units that count.</summary>
    public static string DisplayText(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => "< 1 min",
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min"),
        { TotalDays: < 1 } => Pair((int)span.TotalHours, "h", span.Minutes, "min"),
        _ => Pair((int)span.TotalDays, "d", span.Hours, "h"),
    };

    /// <inheritdoc />
    protected override void OnInitialized() => Clock.Ticked += Refresh;

    /// <inheritdoc />
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "nowrap");
        builder.AddContent(2, _shown = Text);
        builder.CloseElement();
    }

    private static string Pair(int major, string majorUnit, int minor, string minorUnit) => minor == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{major} {majorUnit}")
        : string.Create(CultureInfo.InvariantCulture, $"{major} {majorUnit} {minor} {minorUnit}");

    private void Refresh() => _ = InvokeAsync(() =>
    {
        if (To is null && Text != _shown)
            StateHasChanged();
    });

    /// <inheritdoc />
    public void Dispose() => Clock.Ticked -= Refresh;
}
