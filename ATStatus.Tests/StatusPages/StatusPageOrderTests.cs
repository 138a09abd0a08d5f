using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.StatusPages;

public sealed class StatusPageOrderTests : IAsyncLifetime
{
    private readonly CoreServicesFixture _core = new();
    private ServiceProvider _services = default!;
    private int _page;
    private readonly Dictionary<string, int> _ids = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ComponentOrder Order => _services.GetRequiredService<ComponentOrder>();

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection();
        await _core.AddToAsync(services);
        _services = services.BuildServiceProvider();
        _page = await _services.GetRequiredService<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
        foreach (var name in new[] { "A", "B", "C" })
            _ids[name] = await _services.GetRequiredService<ComponentService>().CreateAsync(new ComponentInput(_page, name, ComponentStatus.Operational), Stop);
        _ids["G"] = await Order.AddGroupAsync(_page, "G", Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _core.DisposeAsync();
    }

    [Theory]
    [InlineData("A", 0, "A B C G[]")]
    [InlineData("A", 1, "B A C G[]")]
    [InlineData("A", 99, "B C G[] A")]
    [InlineData("C", -1, "C A B G[]")]
    public async Task A_component_goes_where_it_is_put(string name, int index, string expected)
    {
        await Order.MoveComponentAsync(_ids[name], null, index, Stop);
        Assert.Equal(expected, await ShownAsync());
    }

    [Fact]
    public async Task Groups_and_single_components_share_one_order()
    {
        await Order.MoveGroupAsync(_ids["G"], 1, Stop);
        await Order.MoveComponentAsync(_ids["C"], _ids["G"], 0, Stop);
        await Order.MoveComponentAsync(_ids["A"], _ids["G"], 0, Stop);
        Assert.Equal("G[A C] B", await ShownAsync());

        await Order.MoveComponentAsync(_ids["C"], null, 0, Stop);
        Assert.Equal("C G[A] B", await ShownAsync());
    }

    [Fact]
    public async Task A_removed_groups_components_take_its_place()
    {
        await Order.MoveComponentAsync(_ids["B"], _ids["G"], 0, Stop);
        await Order.MoveComponentAsync(_ids["A"], _ids["G"], 9, Stop);
        await Order.MoveGroupAsync(_ids["G"], 0, Stop);
        Assert.Equal("G[B A] C", await ShownAsync());

        await Order.RemoveGroupAsync(_ids["G"], Stop);
        Assert.Equal("B A C", await ShownAsync());
    }

    [Fact]
    public async Task Bad_names_and_groups_of_other_pages_are_refused_and_nothing_is_raised()
    {
        var other = await _services.GetRequiredService<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"), Stop);
        var foreign = await Order.AddGroupAsync(other, "Foreign", Stop);
        await Assert.ThrowsAsync<InvalidInputException>(() => Order.AddGroupAsync(_page, " ", Stop));
        await Assert.ThrowsAsync<InvalidInputException>(() => Order.RenameGroupAsync(_ids["G"], 0, new string('x', 101), Stop));
        await Assert.ThrowsAsync<NotFoundException>(() => Order.MoveComponentAsync(_ids["A"], foreign, 0, Stop));
        await Assert.ThrowsAsync<NotFoundException>(() => Order.MoveGroupAsync(999, 0, Stop));
        Assert.Equal("A B C G[]", await ShownAsync());

        await using var db = await _services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        Assert.Equal(3, await db.Events.CountAsync(Stop));
    }

    [Fact]
    public async Task Ordering_is_no_conflict_for_those_who_have_a_form_open()
    {
        await using var db = await _services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var editing = await db.Components.SingleAsync(c => c.Id == _ids["B"], Stop);
        await Order.MoveGroupAsync(_ids["G"], 0, Stop);
        await Order.MoveComponentAsync(_ids["A"], _ids["G"], 0, Stop);
        await Order.MoveComponentAsync(_ids["B"], _ids["G"], 0, Stop);

        // Read before, written after: the places are not written back either.
        editing.Name = "B2";
        await db.SaveChangesAsync(Stop);
        await _services.GetRequiredService<ComponentService>().UpdateAsync(_ids["A"], 0, new ComponentInput(null, "A2", ComponentStatus.Operational), Stop);
        await _services.GetRequiredService<StatusPageService>().UpdateAsync(_page, 0, new StatusPageInput("Main 2", "main"), Stop);
        await Order.RenameGroupAsync(_ids["G"], 0, "G2", Stop);

        Assert.Equal("G2[B2 A2] C", await ShownAsync());
    }

    [Fact]
    public async Task Who_orders_the_same_page_at_once_leaves_one_whole_order()
    {
        // SQLite's calls block, so that only threads of their own are really side by side.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            async () =>
            {
                var random = new Random(worker);
                for (var i = 0; i < 10; i++)
                {
                    var moved = _ids[((string[])["A", "B", "C"])[random.Next(3)]];
                    switch (random.Next(4))
                    {
                        case 0:
                            await Order.MoveGroupAsync(_ids["G"], random.Next(4), Stop);
                            break;
                        case 1:
                            await Order.MoveComponentAsync(moved, _ids["G"], random.Next(3), Stop);
                            break;
                        default:
                            await Order.MoveComponentAsync(moved, null, random.Next(4), Stop);
                            break;
                    }
                }
                await Order.AddGroupAsync(_page, $"G{worker}", Stop);
            }, Stop)));

        await using var db = await _services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var components = await db.Components.AsNoTracking().ToListAsync(Stop);
        var onPage = components.Where(c => c.GroupId is null).Select(c => c.Position)
            .Concat(await db.ComponentGroups.Select(g => g.Position).ToListAsync(Stop)).ToList();
        var inGroup = components.Where(c => c.GroupId is not null).Select(c => c.Position).ToList();
        Assert.Equal(12, onPage.Count + inGroup.Count);
        Assert.Equal(onPage.Count, onPage.Distinct().Count());
        Assert.Equal(inGroup.Count, inGroup.Distinct().Count());
        var shown = await _services.GetRequiredService<StatusPageQueries>().SectionsAsync(_page, Stop);
        Assert.Equal(["A", "B", "C"], shown.SelectMany(s => s.Components).Select(c => c.Name).Order());
        await Order.MoveComponentAsync(_ids["A"], null, 0, Stop);
        Assert.StartsWith("A ", await ShownAsync(), StringComparison.Ordinal);
    }

    private async Task<string> ShownAsync() => string.Join(' ', (await _services.GetRequiredService<StatusPageQueries>().SectionsAsync(_page, Stop))
        .Select(s => s.Group is null ? s.Components[0].Name : $"{s.Group.Name}[{string.Join(' ', s.Components.Select(c => c.Name))}]"));
}
