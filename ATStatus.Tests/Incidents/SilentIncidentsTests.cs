using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Incidents;

/// <summary>Which open incidents the overview reminds of, and which first.</summary>
public sealed class SilentIncidentsTests : IAsyncLifetime
{
    private static readonly Actor Ada = new("ada@example.com");
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_longest_silent_is_first_counted_from_the_last_update_and_not_from_the_start()
    {
        foreach (var title in new[] { "A", "B", "C", "D" })
            await AddAsync(title);
        // The order of the last updates is neither that of the incidents nor its reverse.
        foreach (var title in new[] { "B", "D", "A" })
        {
            _app.Time.Advance(TimeSpan.FromHours(1));
            await UpdateAsync(title);
        }
        _app.Time.Advance(Day);

        Assert.Equal(["C", "B", "D", "A"], await SilentAsync());
    }

    [Fact]
    public async Task Only_open_ones_of_which_nothing_was_told_for_so_long()
    {
        await AddAsync("Silent");
        await AddAsync("Resolved");
        await UpdateAsync("Resolved", IncidentStatus.Resolved);
        await AddAsync("Told since");
        _app.Time.Advance(TimeSpan.FromSeconds(1));
        await UpdateAsync("Told since");
        _app.Time.Advance(Day - TimeSpan.FromSeconds(2));
        Assert.Empty(await SilentAsync());

        _app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["Silent"], await SilentAsync());
        _app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["Silent", "Told since"], await SilentAsync());
    }

    private async Task<IEnumerable<string>> SilentAsync() =>
        (await _app.Get<IncidentQueries>().SilentAsync(Day, _app.Now)).Select(i => i.Title);

    private Task<int> AddAsync(string title) => _app.Get<IncidentService>().CreateAsync(
        new IncidentInput(_page.Id, title, IncidentSeverity.Minor, IncidentStatus.Investigating, "First.", []), Ada);

    private async Task UpdateAsync(string title, IncidentStatus? status = null)
    {
        var id = (await _app.Get<IncidentQueries>().ListAsync()).Single(i => i.Title == title).Id;
        var version = (await _app.Get<IncidentQueries>().FindAsync(id))!.Version;
        await _app.Get<IncidentService>().PostUpdateAsync(id, version, new IncidentUpdateInput(status, "Next."), Ada);
    }
}
