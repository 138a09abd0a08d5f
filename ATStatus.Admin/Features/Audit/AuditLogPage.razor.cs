using System.Globalization;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Audit;

/// <summary>The audit log: a page of it by key, as the address says. It follows what happens.</summary>
public sealed partial class AuditLogPage
{
    internal const int PageSize = 50;

    private readonly HashSet<string> _open = [];
    private AuditPage _page = new([], [], false, false);
    private IReadOnlyList<Choice<string>> _users = [];
    private ElementReference _results;
    private bool _focusResults;

    [Inject]
    private Permitted<AuditQueries> Queries { get; set; } = default!;

    [Inject]
    private AuditFeed Feed { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        FollowChanges(Feed);
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        var (query, queries) = (Query, Queries.Demand());
        var page = await queries.ListAsync(query.Filter, query.Before, query.After, PageSize, Gone);
        var names = await queries.ActorsAsync(Gone);
        // One that has done nothing yet, or nothing any more, stays chosen.
        var shown = query.User is { } user && !names.Contains(user) ? names.Append(user) : names;
        (_page, _users) = (page, [.. shown.Select(name => new Choice<string>(name, name))]);
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_focusResults || !Ready || _page.Entries.Count == 0)
            return;
        // The button that was pressed stood below the rows it replaced; reading goes on at their top.
        _focusResults = false;
        await _results.FocusAsync();
    }

    private void Toggle(string key, bool open)
    {
        if (open)
            _open.Add(key);
        else
            _open.Remove(key);
    }

    private void Turn(AuditQuery query)
    {
        _focusResults = true;
        Go(query);
    }

    // Failed sign-ins of a minute that is not over have no number.
    private static string KeyOf(AuditEntry entry) =>
        entry.Id > 0 ? entry.Id.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{entry.Address} {entry.At:O}");
}
