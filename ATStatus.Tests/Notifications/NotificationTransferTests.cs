using System.Text;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Notifications;

/// <summary>Notifications leave as a file without secrets, and come in from one: each whole or not at all, switched off, by the form's own rules.</summary>
public sealed class NotificationTransferTests : IAsyncLifetime
{
    private const string Token = "T0pS3cretT0kenT0pS3cretT0kenT0pS3cretT0kenT0pS3cretT0kenT0pS3cretT0kenT0";

    private CoreApp _app = null!;
    private StatusPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private NotificationTransfer Transfer => _app.Get<NotificationTransfer>();

    [Fact]
    public async Task The_file_holds_no_secret_no_headers_value_and_no_token_of_a_url()
    {
        await FillAsync();
        await _app.Get<NotificationService>().CreateAsync(new NotificationInput(
            "discord", "Chat", new($"https://discord.com/api/webhooks/123456789012345678/{Token}"), new([EventType.IncidentCreated])));
        await _app.Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Query", new($"https://127.0.0.1/hook?key={Token}"), new([EventType.IncidentCreated])));

        var file = Encoding.UTF8.GetString(await ExportAsync());

        Assert.DoesNotContain(Token, file, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", file, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", file, StringComparison.Ordinal);
        Assert.Contains("\"url\": \"https://127.0.0.1/hook\"", file, StringComparison.Ordinal);
        Assert.Contains("\"url\": \"https://discord.com/api/webhooks/12…\"", file, StringComparison.Ordinal);
        Assert.Contains("\"Authorization\"", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Additional_events_go_out_and_come_in_by_their_names()
    {
        await _app.Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Planner", new("https://127.0.0.1/hook"), new([EventType.MaintenanceReminder, EventType.MaintenanceUpdated, EventType.IncidentCreated])));
        var file = await ExportAsync();
        var text = Encoding.UTF8.GetString(file);
        Assert.Contains("\"maintenance.updated\"", text, StringComparison.Ordinal);
        Assert.Contains("\"maintenance.reminder\"", text, StringComparison.Ordinal);
        await _app.Get<NotificationService>().DeleteAsync(Assert.Single(await _app.Get<NotificationQueries>().ListAsync()).Id);

        await Transfer.ImportAsync([Import(Assert.Single(NotificationFile.Read(file)))]);

        Assert.Equal(
            [EventType.IncidentCreated, EventType.MaintenanceUpdated, EventType.MaintenanceReminder],
            Assert.Single(await _app.Get<NotificationQueries>().ListAsync()).Subscription.Events);
    }

    [Fact]
    public async Task What_was_exported_is_imported_switched_off_with_what_was_entered_beside_it()
    {
        await FillAsync();
        var file = await ExportAsync();
        var ids = (await _app.Get<NotificationQueries>().ListAsync()).Select(r => r.Id).ToList();
        foreach (var id in ids)
            await _app.Get<NotificationService>().DeleteAsync(id);

        var entries = NotificationFile.Read(file);
        Assert.Equal(2, (await Transfer.ImportAsync([Import(entries[0], secret: "renewed", values: ["Bearer new"]), Import(entries[1])])).Count);

        Assert.Equal(Encoding.UTF8.GetString(file), Encoding.UTF8.GetString(await ExportAsync()));
        var rows = await _app.Get<NotificationQueries>().ListAsync();
        Assert.All(rows, row => Assert.False(row.Enabled || row.WasGivenUp));
        Assert.Equal([NotificationService.Imported, NotificationService.Imported], rows.Select(r => r.DisabledReason));
        await using var db = _app.Open();
        var limited = await db.Notifications.Include(n => n.Components).SingleAsync(n => n.Name == "Limited");
        Assert.Equal(rows.Single(r => r.Name == "Pager").Id, limited.AlertNotificationId);
        Assert.Equal("renewed", _app.Get<TargetProtector>().Secret(limited.Transport.ProtectedSecret));
        Assert.Equal("Bearer new", Assert.Single(_app.Get<TargetProtector>().Headers(limited.Transport.ProtectedHeaders)).Value);
        Assert.Equal(_page.Components[0].Id, Assert.Single(limited.Components).ComponentId);
        Assert.Equal(["Europe"], rows.Single(r => r.Name == "Limited").GroupNames);
        Assert.Equal(2, await db.NotificationHealth.CountAsync());
    }

    [Fact]
    public async Task Limited_to_a_group_alone_it_names_no_component_and_one_that_is_not_here_is_the_only_problem()
    {
        var order = _app.Get<ComponentOrder>();
        var group = await order.AddGroupAsync(_page.Id, "Europe");
        await _app.Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Group", new("https://127.0.0.1/hook"), new([EventType.IncidentCreated]) { GroupIds = [group] }));
        var entry = Assert.Single(NotificationFile.Read(await ExportAsync()));
        Assert.Empty(entry.Components!);
        Assert.Equal([new ComponentEntry("main", "Europe")], entry.Groups);
        Assert.Empty(Assert.Single(await Transfer.CheckAsync([Import(entry)])));

        await order.AddGroupAsync(_page.Id, "Europe");
        Assert.Equal(
            new Dictionary<string, string> { ["GroupIds"] = "There are 2 groups named Europe on the page main." },
            Assert.Single(await Transfer.CheckAsync([Import(entry)])));
        var chosen = Import(entry) with { Choices = new ImportChoices { GroupIds = [group] } };
        Assert.Equal(1, (await Transfer.ImportAsync([chosen])).Count);
        Assert.Equal([group], (await _app.Get<NotificationQueries>().ListAsync())[^1].Subscription.GroupIds!);

        var gone = entry with { Groups = [new("main", "Nothing"), null!] };
        Assert.Equal(
            new Dictionary<string, string> { ["GroupIds"] = "There is no group Nothing on a status page with the slug main here." },
            Assert.Single(await Transfer.CheckAsync([Import(gone)])));
    }

    [Fact]
    public async Task Without_its_secret_it_is_imported_and_cannot_be_switched_on_before_it_has_one()
    {
        await FillAsync();
        var entry = NotificationFile.Read(await ExportAsync()).Single(e => e.Signed);
        await Transfer.ImportAsync([Import(entry, values: ["Bearer new"])]);
        var row = (await _app.Get<NotificationQueries>().ListAsync()).Single(r => r is { Name: "Limited", Enabled: false });
        Assert.Equal(NotificationService.SecretMissing, row.DisabledReason);
        var service = _app.Get<NotificationService>();
        await Assert.ThrowsAsync<IllegalTransitionException>(() => service.SetEnabledAsync(row.Id, true));
        var (switched, _, problems) = await service.SetEnabledAsync([row.Id], true);
        Assert.Equal((0, 1), (switched, problems.Count));

        var saved = (await _app.Get<NotificationQueries>().FindAsync(row.Id))!;
        await service.UpdateAsync(row.Id, saved.Version, new NotificationInput(
            "webhook", "Limited", new(saved.Url, "entered"), new(saved.Subscription.Events)));
        await service.SetEnabledAsync(row.Id, true);
        Assert.True((await _app.Get<NotificationQueries>().FindAsync(row.Id))!.Enabled);
    }

    [Fact]
    public async Task Each_wrong_thing_is_named_and_keeps_its_own_entry_out_alone()
    {
        var good = new NotificationEntry { Type = "webhook", Name = "Good", Url = "https://127.0.0.1/", Events = ["incident.created"] };
        var bad = new NotificationEntry
        {
            Type = "webhook",
            Name = " ",
            Url = "ftp://127.0.0.1/",
            Events = ["incident.created", "notification.failing"],
            StatusPages = ["nowhere"],
            Components = [new("main", "Nothing")],
            MinSeverity = "awful",
            Alert = "Nobody",
            Headers = ["Host"],
            TlsTrust = "Blind",
        };
        var unknown = good with { Type = "fax" };
        var masked = good with { Url = "https://127.0.0.1/…", UrlIsMasked = true };

        var errors = await Transfer.CheckAsync([Import(good), Import(bad), Import(unknown), Import(masked)]);

        Assert.Empty(errors[0]);
        Assert.Equal(
            ["AlertNotificationId", "ComponentIds", "Events", "Headers-0-Name", "Headers-0-Value", "MinSeverity", "Name", "StatusPageIds", "TlsTrust", "Url"],
            errors[1].Keys.Order(StringComparer.Ordinal));
        Assert.Equal("There is no status page with the slug nowhere here.", errors[1]["StatusPageIds"]);
        Assert.Equal("There is no event notification.failing.", errors[1]["Events"]);
        Assert.Equal("Choose a type.", Assert.Single(errors[2]).Value);
        Assert.Equal("Enter a URL.", Assert.Single(errors[3]).Value);
        var result = await Transfer.ImportAsync([Import(bad), Import(good), Import(unknown), Import(masked)]);
        Assert.Equal((1, 10, 0, 1, 1), (result.Count, result.Errors[0].Count, result.Errors[1].Count, result.Errors[2].Count, result.Errors[3].Count));
        Assert.Equal("Good", Assert.Single(await _app.Get<NotificationQueries>().ListAsync()).Name);
    }

    [Fact]
    public async Task One_missing_URL_does_not_keep_twenty_others_out_but_what_alerts_it_waits_too()
    {
        var entries = Enumerable.Range(0, 20)
            .Select(i => new NotificationEntry { Type = "webhook", Name = $"N{i}", Url = $"https://127.0.0.1/{i}", Events = ["incident.created"] }).ToList();
        entries[4] = entries[4] with { Url = "https://127.0.0.1/se…", UrlIsMasked = true };
        entries[2] = entries[2] with { Alert = "N4" };
        entries[9] = entries[9] with { Alert = "N2" };
        entries[11] = entries[11] with { Url = null };
        entries[12] = entries[12] with { Alert = "N13" };

        var result = await Transfer.ImportAsync([.. entries.Select(e => Import(e))]);

        Assert.Equal(16, result.Count);
        Assert.Equal([2, 4, 9, 11], Enumerable.Range(0, 20).Where(i => result.Errors[i].Count > 0));
        Assert.Equal("N4, which it alerts, is not imported yet.", Assert.Single(result.Errors[2]).Value);
        Assert.Equal("Enter a URL.", Assert.Single(result.Errors[11]).Value);
        Assert.Equal(16, (await _app.Get<NotificationQueries>().ListAsync()).Count);

        // What was left is completed and follows; the alerts lead where the file says.
        result = await Transfer.ImportAsync([Import(entries[2]), Import(entries[4], "https://127.0.0.1/secret"), Import(entries[9]), Import(entries[11], "https://127.0.0.1/x")]);
        Assert.Equal(4, result.Count);
        var rows = (await _app.Get<NotificationQueries>().ListAsync()).ToDictionary(r => r.Name);
        Assert.Equal(("N4", "N2", "N13"), (rows["N2"].AlertName, rows["N9"].AlertName, rows["N12"].AlertName));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public async Task A_file_with_a_byte_order_mark_is_read(string encoding)
    {
        await FillAsync();
        var name = Encoding.GetEncoding(encoding);
        var text = Encoding.UTF8.GetString(await ExportAsync()).Replace("Pager", "Pägér 🚨", StringComparison.Ordinal);

        var entries = NotificationFile.Read((byte[])[.. name.GetPreamble(), .. name.GetBytes(text)]);

        Assert.NotEmpty(name.GetPreamble());
        Assert.Equal(["Limited", "Pägér 🚨"], entries.Select(e => e.Name));
    }

    [Fact]
    public void A_file_in_another_encoding_is_refused_in_words() => Assert.Contains(
        "not in UTF-8",
        Assert.Throws<InvalidInputException>(() => NotificationFile.Read(Encoding.Latin1.GetBytes("""{"format":"ä"}"""))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task A_secret_that_is_too_short_keeps_its_entry_out()
    {
        var entry = new NotificationEntry { Type = "webhook", Name = "Signed", Url = "https://127.0.0.1/", Events = ["incident.created"], Signed = true };
        var result = await Transfer.ImportAsync([Import(entry, secret: "12345")]);
        Assert.Equal((0, "A secret must have at least 6 characters."), (result.Count, Assert.Single(result.Errors[0]).Value));
    }

    [Theory]
    [InlineData("nothing", "Not a JSON file")]
    [InlineData("[]", "no file of exported notifications")]
    [InlineData("""{"format":"other"}""", "no file of exported notifications")]
    [InlineData("""{"format":"atstatus-notifications","version":2,"notifications":[{}]}""", "another version")]
    [InlineData("""{"format":"atstatus-notifications","version":1,"notifications":[]}""", "no notification in the file")]
    [InlineData("""{"format":"atstatus-notifications","version":1,"notifications":[{},{"events":"all"}]}""", "Notification 2 in the file cannot be read at events")]
    [InlineData("""{"format":"atstatus-notifications","version":1,"notifications":[{"secret":"x"}]}""", "Notification 1 in the file cannot be read")]
    [InlineData("""{"format":"atstatus-notifications","version":1,"notifications":[null]}""", "Notification 1 in the file is empty")]
    public void A_file_that_is_none_is_refused_in_words(string text, string words)
    {
        var refused = Assert.Throws<InvalidInputException>(() => NotificationFile.Read(Encoding.UTF8.GetBytes(text)));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pager", "Pager")]
    [InlineData(" Pager", "Pager ")]
    public async Task An_entry_never_alerts_itself(string name, string alert)
    {
        var itself = new NotificationEntry
        {
            Type = "webhook",
            Name = name,
            Url = "https://127.0.0.1/",
            Events = ["incident.created"],
            Alert = alert,
        };
        var result = await Transfer.ImportAsync([Import(itself)]);
        Assert.Equal(0, result.Count);
        Assert.Equal("AlertNotificationId", Assert.Single(result.Errors[0]).Key);
        Assert.Contains("neither in the file nor here", result.Errors[0].Values.Single(), StringComparison.Ordinal);

        // Another of that name may be meant: one in the file, or else one that is here.
        var two = await Transfer.ImportAsync([Import(itself with { Name = "First" }), Import(itself with { Alert = null })]);
        Assert.Equal(2, two.Count);
        Assert.Equal(1, (await Transfer.ImportAsync([Import(itself with { Name = "Pager", Alert = "Pager" })])).Count);

        await using var db = _app.Open();
        var all = await db.Notifications.AsNoTracking().OrderBy(n => n.Id).ToListAsync();
        Assert.Equal(["First", "Pager", "Pager"], all.Select(n => n.Name));
        Assert.Equal([all[1].Id, null, all[1].Id], all.Select(n => n.AlertNotificationId));
        Assert.DoesNotContain(all, n => n.AlertNotificationId == n.Id);
    }

    [Fact]
    public void A_file_that_is_too_large_or_has_too_many_is_refused()
    {
        Assert.Contains("larger than", Assert.Throws<InvalidInputException>(() => NotificationFile.Read(new byte[NotificationFile.MaxLength + 1])).Message, StringComparison.Ordinal);
        var many = NotificationFile.Write([.. Enumerable.Repeat(new NotificationEntry(), NotificationFile.MaxCount + 1)]);
        Assert.Contains("more than", Assert.Throws<InvalidInputException>(() => NotificationFile.Read(many)).Message, StringComparison.Ordinal);
    }

    private async Task FillAsync()
    {
        var service = _app.Get<NotificationService>();
        var pager = await service.CreateAsync(new NotificationInput(
            "webhook", "Pager", new("https://127.0.0.1/pager"), new([EventType.IncidentCreated])));
        await service.CreateAsync(new NotificationInput(
            "webhook", "Limited",
            new("https://127.0.0.1/hook", "s3cret")
            {
                Headers = [new HeaderInput("Authorization", "Bearer old-and-secret")],
                Options = new()
                {
                    StandardWebhooks = true,
                    RateLimit = 30,
                    RatePer = RatePer.Minute,
                    Body = BodyKind.Template,
                    TemplateBody = "{ \"text\": {{ event | json }} }",
                },
            },
            new([EventType.IncidentCreated, EventType.ComponentDeleted])
            {
                StatusPageIds = [_page.Id],
                ComponentIds = [_page.Components[0].Id],
                GroupIds = [await _app.Get<ComponentOrder>().AddGroupAsync(_page.Id, "Europe")],
                MinSeverity = IncidentSeverity.Major,
                AlertNotificationId = pager,
                InOrder = true,
            }));
    }

    private async Task<byte[]> ExportAsync() => NotificationFile.Write(await Transfer.ExportAsync());

    private static ImportEntry Import(NotificationEntry entry, string? url = null, string? secret = null, params string?[] values) => new(entry, url, secret, values);
}
