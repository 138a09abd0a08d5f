using System.Net;
using System.Text.Json;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access.Audit;

public sealed class AuditExportTests(SharedConsole shared)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("admin/audit/export/csv")]
    [InlineData("admin/audit/export/jsonl")]
    [InlineData("admin/audit")]
    public async Task Only_administrators_get_it(string path)
    {
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        using (var response = await stranger.GetAsync(path, Stop))
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var name = $"{Guid.NewGuid():N}@example.com";
        await app.AddUserAsync(name, ConsoleApp.AdminPassword, Roles.Editor);
        using var editor = await app.SignedInAsync(name);
        using (var response = await editor.GetAsync(path, Stop))
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Each_line_is_an_entry_with_its_values()
    {
        var app = await shared.AppAsync();
        var name = $"Ünïcode {Guid.NewGuid():N}";
        var pages = app.Services.GetRequiredService<StatusPageService>();
        var actor = $"{Guid.NewGuid():N}@example.com";
        int id;
        using (AuditActor.Use(AuditActor.OfUser(Guid.NewGuid(), actor, "2001:db8::1")))
        {
            id = await pages.CreateAsync(new StatusPageInput(name, $"p-{Guid.NewGuid():N}"), Stop);
            await pages.UpdateAsync(id, 0, new StatusPageInput(name + "!", $"p-{Guid.NewGuid():N}"), Stop);
        }
        using var admin = await app.SignedInAsync();
        var text = await admin.GetStringAsync($"admin/audit/export/jsonl?user={actor}", Stop);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["changed", "created"], lines.Select(l => l.GetProperty("action").GetString()));
        Assert.All(lines, l => Assert.Equal(("user", actor, "2001:db8::1"), (l.GetProperty("actor_kind").GetString(), l.GetProperty("actor").GetString(), l.GetProperty("address").GetString())));
        Assert.Equal((name, name + "!"), (lines[0].GetProperty("before").GetProperty("name").GetString(), lines[0].GetProperty("after").GetProperty("name").GetString()));
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("before").ValueKind);
        Assert.Contains("Ünïcode", text, StringComparison.Ordinal);
        Assert.Equal(2, (await admin.GetStringAsync($"admin/audit/export/jsonl?object=status_page&id={id}", Stop)).Count(c => c == '\n'));
        Assert.Equal("", await admin.GetStringAsync($"admin/audit/export/jsonl?object=status_page&id={id}&until=2020-01-01", Stop));
    }
}
