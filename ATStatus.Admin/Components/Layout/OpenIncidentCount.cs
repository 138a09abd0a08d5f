using ATStatus.Admin.Features;
using ATStatus.Core.Incidents;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace ATStatus.Admin.Components.Layout;

/// <summary>Hands the number of open incidents to what it surrounds, live. Zero while it is not known.</summary>
public sealed class OpenIncidentCount : LiveComponent
{
    private int _count;

    [Parameter, EditorRequired]
    public RenderFragment<int> ChildContent { get; set; } = default!;

    [Inject]
    private IncidentQueries Queries { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized() => FollowChanges();

    /// <inheritdoc />
    protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, ChildContent(_count));

    /// <inheritdoc />
    protected override async Task LoadAsync() => _count = await Queries.CountOpenAsync(Gone);
}
