using System.Diagnostics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace ATStatus.Admin.Features.Lists;

/// <summary>
/// Ties a page's query to its address: what is chosen goes there, and what stands there, also by the browser's way back, is what the page shows.
/// Made when the page is initialised, disposed with it.
/// </summary>
/// <typeparam name="TQuery">See <see cref="PageQuery{TQuery}"/>.</typeparam>
public sealed class AddressState<TQuery> : IDisposable
    where TQuery : PageQuery<TQuery>, IPageQuery<TQuery>, new()
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly NavigationManager _navigation;
    private readonly Func<Task> _changed;

    // On their way to the address, which takes a round trip: what is chosen meanwhile adds to the last.
    private readonly List<TQuery> _going = [];
    private long _wentAt;
    private string _path;

    /// <param name="navigation">The address.</param>
    /// <param name="changed">Shows what the address says now. Not called for the address that the page is opened with.</param>
    public AddressState(NavigationManager navigation, Func<Task> changed)
    {
        (_navigation, _changed) = (navigation, changed);
        (_path, Current) = Read(navigation.Uri);
        navigation.LocationChanged += Moved;
    }

    /// <summary>What the address says.</summary>
    public TQuery Current { get; private set; }

    /// <summary>What was chosen last, though the address may not say so yet: filters show it and add to it.</summary>
    /// <remarks>What does not arrive was declined, as by somebody who stays with what is typed and not saved.</remarks>
    public TQuery Latest => _going.Count > 0 && Stopwatch.GetElapsedTime(_wentAt) < Patience ? _going[^1] : Current;

    /// <summary>The page shows another thing of its kind now: <c>/notifications/2</c> after <c>/notifications/1</c>.</summary>
    public void Follow()
    {
        // A change of the query alone is left to the event, which also says whether it was asked for here.
        if (PathOf(_navigation.Uri) != _path)
            (_path, Current) = Read(_navigation.Uri);
    }

    /// <summary>Writes the query into the address. It is shown when it has arrived there, even if nothing changed.</summary>
    public void Go(TQuery query, bool replace = false)
    {
        _going.Add(query);
        _wentAt = Stopwatch.GetTimestamp();
        _navigation.NavigateTo(_navigation.GetUriWithQueryParameters(query.ToParameters()), replace: replace);
    }

    /// <summary>The same for what was chosen: from the first row on, and a text that is typed on is one step of the way back, not one for each pause in typing.</summary>
    public void Choose(TQuery query)
    {
        var (before, after) = (Latest.First(), query.First());
        var isTypedOn = TQuery.Parts.FirstOrDefault(part => part.Field == QueryField.Search) is { } search
            && search.Write(before) is { } text && search.Write(after) is { } typed && text != typed && search.Read(before, typed) == after;
        Go(after, replace: isTypedOn);
    }

    private void Moved(object? sender, LocationChangedEventArgs e)
    {
        if (PathOf(e.Location) != _path)
            return;
        var query = Read(e.Location).Query;
        var arrived = _going.IndexOf(query);
        // One that is not among them, as by the way back, takes the place of all.
        _going.RemoveRange(0, arrived >= 0 ? arrived + 1 : _going.Count);
        // Only a fragment has changed, as by the link that skips the navigation.
        if (arrived < 0 && query == Current)
            return;
        Current = query;
        _ = _changed();
    }

    private static (string Path, TQuery Query) Read(string uri) => (PathOf(uri), PageQueries.ParseUri<TQuery>(uri));

    private static string PathOf(string uri) => new Uri(uri).AbsolutePath;

    /// <inheritdoc />
    public void Dispose() => _navigation.LocationChanged -= Moved;
}
