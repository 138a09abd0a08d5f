namespace ATStatus.Admin.Features.Lists;

/// <summary>
/// An <see cref="AdminPage"/> whose address says what it shows of its things. Another query is read without taking away what is shown, and what it
/// found is announced.
/// </summary>
/// <typeparam name="TQuery">See <see cref="PageQuery{TQuery}"/>.</typeparam>
public abstract class QueryPage<TQuery> : AdminPage
    where TQuery : PageQuery<TQuery>, IPageQuery<TQuery>, new()
{
    private AddressState<TQuery> _address = default!;

    /// <summary>What the address says.</summary>
    protected TQuery Query => _address.Current;

    /// <summary>What was chosen last, which the address may not say yet.</summary>
    protected TQuery Latest => _address.Latest;

    /// <summary>What the query has found, in words: "12 of 60 notifications".</summary>
    protected virtual string? FoundText => null;

    /// <inheritdoc />
    protected override void OnInitialized() => _address = new AddressState<TQuery>(Navigation, () => InvokeAsync(ShowQueryAsync));

    /// <inheritdoc />
    protected override void OnParametersSet() => _address.Follow();

    /// <summary>Shows what was chosen, from the first row on.</summary>
    protected void Choose(TQuery query) => _address.Choose(query);

    /// <summary>Shows another part of what was chosen.</summary>
    protected void Go(TQuery query, bool replace = false) => _address.Go(query, replace);

    /// <summary>The address says something else.</summary>
    protected virtual async Task ShowQueryAsync()
    {
        if (Gone.IsCancellationRequested)
            return;
        // At once, for the fields: the rows follow.
        StateHasChanged();
        await ReloadAsync();
        if (Gone.IsCancellationRequested)
            return;
        StateHasChanged();
        if (Ready && FoundText is { } found)
            Announcer.Say(found);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _address.Dispose();
        base.Dispose(disposing);
    }
}
