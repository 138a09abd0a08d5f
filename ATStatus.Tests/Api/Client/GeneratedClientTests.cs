using System.Net;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Api.Client;

/// <summary>
/// The served document is good enough for others' programs: a client generated from it compiles, and does what it is made for.
/// </summary>
public sealed class GeneratedClientTests : ApiTest
{
    [Fact]
    public async Task A_client_generated_from_the_document_opens_tells_and_resolves_an_incident_and_sees_who_was_notified()
    {
        TestRequirement.Kiota.Demand();
        await using var receiver = LoopbackReceiver.Start();
        var page = await AddPageAsync();
        foreach (var (name, events) in ((string, string[])[])
            [("Everything", ["incident.created", "incident.updated", "incident.resolved"]), ("Windows", ["maintenance.started"])])
        {
            (await PostAsync("notifications", new { name, url = receiver.Url, events })).Is(HttpStatusCode.Created);
        }

        using var console = App.CreateClient();
        var document = await console.GetStringAsync("api/v1/openapi.json", Stop);
        var story = await GeneratedClient.StoryAsync(document, TestResource.Text("incident-story.cs"));
        var raised = await story.RunAsync(App.Address.AbsoluteUri, Key, page, Stop);
        Assert.Equal(3, raised.Count);
        var received = await receiver.WaitForAsync(3);
        // Of saves that follow one another within moments, a later one may arrive first: nothing asked for their order.
        Assert.Equal(["incident.created", "incident.resolved", "incident.updated"], received.Select(r => r.Header("X-Webhook-Event")).Order(StringComparer.Ordinal));
        string[] outcomes = ["Everything delivered", "Windows not_subscribed"];
        foreach (var id in raised)
            await Eventually.TrueAsync(async () => (await story.NotifiedAsync(id, Stop)).Order().SequenceEqual(outcomes));
        Assert.Equal("422 title", await story.RefusedAsync(page, Stop));
    }
}
