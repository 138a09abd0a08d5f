using System.Net;

namespace ATStatus.Tests.Api;

/// <summary>Status pages, components and their groups, as a script meets them.</summary>
public sealed class StatusPageApiTests : ApiTest
{
    [Fact]
    public async Task A_page_is_made_read_changed_and_deleted()
    {
        var made = (await PostAsync("statuspages", new { name = "Größe & Co", timeZone = "Europe/Berlin" })).Is(HttpStatusCode.Created);
        Assert.Equal("groesse-co", made.Text("slug").Replace("grosse", "groesse", StringComparison.Ordinal));
        Assert.Equal($"/api/v1/statuspages/{made.Id}", made.Headers["Location"]);
        Assert.Equal($"\"{made["version"]}\"", made.ETag);
        Assert.Equal(["slug"], (await PostAsync("statuspages", new { name = "Other", slug = made.Text("slug") })).Is(HttpStatusCode.UnprocessableEntity).Errors);

        var changed = (await PatchAsync($"statuspages/{made.Id}", new { description = "What we run", publicUrl = "https://status.example.com" })).Is(HttpStatusCode.OK);
        Assert.Equal(("Größe & Co", "What we run", "Europe/Berlin"), (changed.Text("name"), changed.Text("description"), changed.Text("timeZone")));
        Assert.NotEqual(made.ETag, changed.ETag);
        var stale = await SendAsync(HttpMethod.Patch, $"statuspages/{made.Id}", new { name = "Mine" }, headers: ("If-Match", made.ETag!));
        stale.Is(HttpStatusCode.PreconditionFailed);
        (await SendAsync(HttpMethod.Patch, $"statuspages/{made.Id}", new { name = "Mine" }, headers: ("If-Match", changed.ETag!))).Is(HttpStatusCode.OK);
        Assert.Null((await PatchAsync($"statuspages/{made.Id}", new { publicUrl = (string?)null })).Is(HttpStatusCode.OK)["publicUrl"]);

        // What was read can be sent back.
        var read = (await GetAsync($"statuspages/{made.Id}")).Is(HttpStatusCode.OK);
        (await PatchAsync($"statuspages/{made.Id}", read.Body!.ToJsonString())).Is(HttpStatusCode.OK);

        (await DeleteAsync($"statuspages/{made.Id}")).Is(HttpStatusCode.NoContent);
        (await GetAsync($"statuspages/{made.Id}")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_archived_page_takes_nothing_new()
    {
        var page = await AddPageAsync();
        Assert.True((bool)(await PatchAsync($"statuspages/{page}", new { isArchived = true })).Is(HttpStatusCode.OK)["isArchived"]!);
        Assert.Equal(["statusPageId"], (await PostAsync("components", new { name = "API", statusPageId = page })).Is(HttpStatusCode.UnprocessableEntity).Errors);
    }

    [Fact]
    public async Task A_component_enters_only_a_group_of_its_own_page_and_none_of_an_archived_one()
    {
        var (page, other) = (await AddPageAsync("One"), await AddPageAsync("Two"));
        var (mine, second, foreign) = (await GroupAsync("Core", page), await GroupAsync("Edge", page), await GroupAsync("Other", other));
        var inside = (await PostAsync("components", new { name = "API", statusPageId = page, groupId = mine })).Is(HttpStatusCode.Created);
        var outside = await AddComponentAsync(page, "Web");
        foreach (var group in (int[])[foreign, 99])
        {
            await RefusedAsync("groupId", PostAsync("components", new { name = "X", statusPageId = page, groupId = group }));
            await RefusedAsync("groupId", PatchAsync($"components/{outside}", new { groupId = group }));
        }

        (await PatchAsync($"statuspages/{page}", new { isArchived = true })).Is(HttpStatusCode.OK);
        foreach (var group in (int[])[mine, foreign])
            await RefusedAsync("groupId", PatchAsync($"components/{outside}", new { groupId = group }));
        await RefusedAsync("groupId", PatchAsync($"components/{inside.Id}", new { groupId = second }));
        await RefusedAsync("groupId", PostAsync("components", new { name = "X", statusPageId = other, groupId = mine }));
        await RefusedAsync("statusPageId", PostAsync("component-groups", new { name = "New", statusPageId = page }));
        Assert.Null((await GetAsync($"components/{outside}")).Is(HttpStatusCode.OK)["groupId"]);

        // It stays where it is, and is found there.
        (await PatchAsync($"components/{inside.Id}", inside.Body!.ToJsonString())).Is(HttpStatusCode.OK);
        Assert.Equal([inside.Id], await FoundAsync($"groupId={mine}"));
        Assert.Equal([inside.Id], await FoundAsync($"groupId={mine}&statusPageId={page}"));
        Assert.Empty(await FoundAsync($"groupId={mine}&statusPageId={other}"));
        Assert.Null((await PatchAsync($"components/{inside.Id}", new { groupId = (int?)null })).Is(HttpStatusCode.OK)["groupId"]);

        static async Task RefusedAsync(string field, Task<Answer> answer) =>
            Assert.Equal([field], (await answer).Is(HttpStatusCode.UnprocessableEntity).Errors);
        async Task<IEnumerable<int>> FoundAsync(string filter) =>
            (await GetAsync($"components?{filter}")).Is(HttpStatusCode.OK)["data"]!.AsArray().Select(c => (int)c!["id"]!);
        async Task<int> GroupAsync(string name, int statusPageId) =>
            (await PostAsync("component-groups", new { name, statusPageId })).Is(HttpStatusCode.Created).Id;
    }

    [Fact]
    public async Task A_component_s_life_raises_its_events()
    {
        var page = await AddPageAsync();
        var group = (await PostAsync("component-groups", new { name = "Core", statusPageId = page })).Is(HttpStatusCode.Created).Id;
        var made = (await PostAsync("components", new { name = "API", statusPageId = page, groupId = group, status = "degraded" })).Is(HttpStatusCode.Created);
        Assert.Single(made.EventIds);
        Assert.Equal((group, "degraded", true), ((int)made["groupId"]!, made.Text("status"), (bool)made["isVisible"]!));

        var renamed = (await PatchAsync($"components/{made.Id}", new { name = "Public API", groupId = (int?)null })).Is(HttpStatusCode.OK);
        Assert.Empty(renamed.EventIds);
        Assert.Equal(("Public API", "degraded"), (renamed.Text("name"), renamed.Text("status")));
        Assert.Null(renamed["groupId"]);
        var set = (await PatchAsync($"components/{made.Id}/status", new { status = "major_outage" })).Is(HttpStatusCode.OK);
        Assert.Single(set.EventIds);
        Assert.True(set.EventIds[0] > made.EventIds[0]);
        Assert.Empty((await PatchAsync($"components/{made.Id}/status", new { status = "major_outage" })).Is(HttpStatusCode.OK).EventIds);
        Assert.Equal(["status"], (await PatchAsync($"components/{made.Id}/status", new { status = "broken" })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        Assert.Equal(["status"], (await PatchAsync($"components/{made.Id}/status", new { })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        Assert.Equal(["statusPageId"], (await PatchAsync($"components/{made.Id}", new { statusPageId = page + 1 })).Is(HttpStatusCode.UnprocessableEntity).Errors);

        Assert.Single((await DeleteAsync($"components/{made.Id}?doNotNotify=true")).Is(HttpStatusCode.NoContent).EventIds);
        (await GetAsync($"components/{made.Id}")).Is(HttpStatusCode.NotFound);
        Assert.Single((await GetAsync($"component-groups?statusPageId={page}")).Is(HttpStatusCode.OK)["data"]!.AsArray());
    }

    [Fact]
    public async Task Lists_go_on_where_they_ended_and_filter()
    {
        var (one, other) = (await AddPageAsync("One"), await AddPageAsync("Two"));
        var ids = new List<int>();
        foreach (var name in (string[])["A", "B", "C"])
            ids.Add(await AddComponentAsync(one, name));
        await AddComponentAsync(other, "D");
        var first = (await GetAsync($"components?statusPageId={one}&limit=2")).Is(HttpStatusCode.OK);
        Assert.Equal([ids[2], ids[1]], first["data"]!.AsArray().Select(c => (int)c!["id"]!));
        var rest = (await GetAsync($"components?statusPageId={one}&limit=2&after={first["next"]}")).Is(HttpStatusCode.OK);
        Assert.Equal([ids[0]], rest["data"]!.AsArray().Select(c => (int)c!["id"]!));
        Assert.Null(rest["next"]);
        Assert.Equal(4, (await GetAsync("components?limit=1000")).Is(HttpStatusCode.OK)["data"]!.AsArray().Count);
        Assert.Equal(["after"], (await GetAsync("components?after=x")).Is(HttpStatusCode.UnprocessableEntity).Errors);
    }

    [Fact]
    public async Task A_preview_writes_nothing_and_tells_who_would_receive_what()
    {
        var page = await AddPageAsync();
        var preview = (await PostAsync("components?preview=true", new { name = "API", statusPageId = page })).Is(HttpStatusCode.OK);
        Assert.Equal("component.created", (string)preview["events"]![0]!["event"]!);
        Assert.Equal("API", (string)preview["events"]![0]!["payload"]!["data"]!["name"]!);
        Assert.Empty((await GetAsync("components")).Is(HttpStatusCode.OK)["data"]!.AsArray());
        Assert.Empty((await PostAsync("statuspages?preview=true", new { name = "New" })).Is(HttpStatusCode.OK)["events"]!.AsArray());
        Assert.Single((await GetAsync("statuspages")).Is(HttpStatusCode.OK)["data"]!.AsArray());
        (await DeleteAsync($"statuspages/{page}?preview=true")).Is(HttpStatusCode.OK);
        (await GetAsync($"statuspages/{page}")).Is(HttpStatusCode.OK);
        Assert.Equal(["statusPageId"], (await PostAsync("components?preview=true", new { name = "API", statusPageId = 99 })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        (await PostAsync("components?preview=maybe", new { name = "API", statusPageId = page })).Is(HttpStatusCode.BadRequest);
    }
}
