using ATStatus.Core.Events;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.StatusPages;

/// <summary>Of two who edit the same thing, the second is refused and overwrites nothing.</summary>
public sealed class EditConflictTests : IAsyncLifetime
{
    private CoreApp _app = null!;
    private int _page;

    private StatusPageQueries Queries => _app.Get<StatusPageQueries>();

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task On_a_status_page()
    {
        var service = _app.Get<StatusPageService>();
        await service.UpdateAsync(_page, 0, new StatusPageInput("Theirs", "theirs"));

        var error = await Assert.ThrowsAsync<EditConflictException>(() => service.UpdateAsync(_page, 0, new StatusPageInput("Mine", "mine")));

        Assert.Contains("Someone else changed this status page", error.Message, StringComparison.Ordinal);
        Assert.Equal(("Theirs", "theirs", 1), await Queries.PageAsync(_page) is { } row ? (row.Name, row.Slug, row.Version) : default);
        await service.UpdateAsync(_page, 1, new StatusPageInput("Mine", "mine"));
    }

    [Fact]
    public async Task On_a_component_and_the_second_raises_nothing()
    {
        var service = _app.Get<ComponentService>();
        var id = await service.CreateAsync(new ComponentInput(_page, "API", ComponentStatus.Operational));
        await service.UpdateAsync(id, 0, new ComponentInput(null, "Theirs", ComponentStatus.Operational));

        var error = await Assert.ThrowsAsync<EditConflictException>(
            () => service.UpdateAsync(id, 0, new ComponentInput(null, "Mine", ComponentStatus.MajorOutage)));

        Assert.Contains("Someone else changed this component", error.Message, StringComparison.Ordinal);
        var row = (await Queries.ComponentAsync(id))!;
        Assert.Equal(("Theirs", ComponentStatus.Operational, 1), (row.Name, row.Status, row.Version));
        await using (var db = _app.Open())
            Assert.Equal(EventType.ComponentCreated, Assert.Single(db.Events).Type);
        await service.UpdateAsync(id, 1, new ComponentInput(null, "Mine", ComponentStatus.MajorOutage));
    }

    [Fact]
    public async Task On_a_groups_name()
    {
        var order = _app.Get<ComponentOrder>();
        var id = await order.AddGroupAsync(_page, "Core");
        await order.RenameGroupAsync(id, 0, "Theirs");

        var error = await Assert.ThrowsAsync<EditConflictException>(() => order.RenameGroupAsync(id, 0, "Mine"));

        Assert.Contains("Someone else changed this group", error.Message, StringComparison.Ordinal);
        var group = Assert.Single(await Queries.GroupsAsync(_page));
        Assert.Equal(("Theirs", 1), (group.Name, group.Version));
        await order.RenameGroupAsync(id, 1, "Mine");
    }
}
