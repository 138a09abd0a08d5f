using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared;

/// <summary>Where <see cref="Shared.Announcer"/> speaks. The layout has it; pages inject the announcer.</summary>
public sealed partial class LiveRegion : IDisposable
{
    private string _text = "";
    private bool _turn;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized() => Announcer.Said += Show;

    private void Show(string text) => _ = InvokeAsync(() =>
    {
        _turn = !_turn;
        _text = text;
        StateHasChanged();
    });

    /// <inheritdoc />
    public void Dispose() => Announcer.Said -= Show;
}
