using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared;

/// <summary>A state of the contract by its wire name (<c>partial_outage</c>), looked up in <see cref="StatusStyles"/>.</summary>
public sealed partial class StatusChip
{
    private StatusStyle _style = StatusStyles.Of(default, "");

    [Parameter, EditorRequired]
    public StatusKind Kind { get; set; }

    /// <summary>The state as the contract spells it.</summary>
    [Parameter, EditorRequired]
    public string Value { get; set; } = "";

    /// <summary>A hint shown on hover, for example why a delivery was skipped.</summary>
    [Parameter]
    public string? Title { get; set; }

    /// <inheritdoc />
    protected override void OnParametersSet() => _style = StatusStyles.Of(Kind, Value);
}
