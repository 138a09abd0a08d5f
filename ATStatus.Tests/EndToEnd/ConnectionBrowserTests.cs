using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>A connection that breaks between the browser and the console, and a console that is started again.</summary>
public sealed class ConnectionBrowserTests(TestBrowser browser) : BrowserTest(browser), IAsyncDisposable
{
    private FaultyTcpProxy? _line;

    protected override Uri WindowAddress => (_line ??= FaultyTcpProxy.To(App.Address)).Address;

    private ILocator Notice => Page.Locator("#components-reconnect-modal");

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        // The window first: it would complain of a line that ends.
        await DisposeAsync();
        if (_line is not null)
            await _line.DisposeAsync();
    }

    [Fact]
    public async Task It_is_told_comes_back_by_itself_and_nothing_of_what_happened_is_missing()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartWatchingAsync(receiver);

        _line!.Cut();
        await Expect(Notice.GetByText("Connection lost. Reconnecting…")).ToBeVisibleAsync();
        await Expect(Notice).ToHaveRoleAsync(AriaRole.Status);
        // What is there can still be read.
        await Expect(Page.Row("Before")).ToBeVisibleAsync();
        Assert.Empty(await AxeScan.FindingsAsync(Page));
        await ReportAsync("Meanwhile");
        await receiver.WaitForAsync(2);
        _line.Restore(App.Address);

        await Expect(Notice).ToBeHiddenAsync();
        await Expect(Page.Row("Meanwhile")).ToContainTextAsync("Delivered");
        await ReportAsync("Afterwards");
        await Expect(Page.Row("Afterwards")).ToContainTextAsync("Delivered");
        Assert.True(await IsSameDocumentAsync());
        ForgetLostConnection();
    }

    [Fact]
    public async Task What_was_typed_survives_it_and_can_be_saved()
    {
        await StartTypingAsync();

        _line!.Cut();
        await Expect(Notice.GetByText("Connection lost. Reconnecting…")).ToBeVisibleAsync();
        await Page.Field("Message").FillAsync("Typed without a connection.");
        _line.Restore(App.Address);
        await Expect(Notice).ToBeHiddenAsync();

        await Expect(Page.Field("Title")).ToHaveValueAsync("Typed before");
        await Page.Field("Message").FillAsync("Typed afterwards.");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Heading("Typed before")).ToBeVisibleAsync();
        await Expect(Page.GetByText("Typed afterwards.")).ToBeVisibleAsync();
        Assert.True(await IsSameDocumentAsync());
        ForgetLostConnection();
    }

    [Fact]
    public async Task After_a_restart_a_page_that_is_only_read_loads_itself_and_is_live()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartWatchingAsync(receiver);

        await RestartAsync();

        await Page.WaitForFunctionAsync("() => !window.sameDocument && document.querySelector('h1')");
        await Expect(Page.Row("Before")).ToBeVisibleAsync();
        await Expect(Notice).ToBeHiddenAsync();
        await ReportAsync("After the restart");
        await Expect(Page.Row("After the restart")).ToContainTextAsync("Delivered");
        ForgetLostConnection();
    }

    [Fact]
    public async Task After_a_restart_what_was_typed_stays_and_comes_back_when_the_page_is_loaded_again()
    {
        await StartTypingAsync();

        await RestartAsync();

        await Expect(Notice.GetByText("The server was restarted. Load the page again: what you have typed is put back, secrets excepted.")).ToBeVisibleAsync();
        await Expect(Page.Field("Title")).ToHaveValueAsync("Typed before");
        Assert.True(await IsSameDocumentAsync());
        Assert.Empty(await AxeScan.FindingsAsync(Page));
        await Notice.Button("Reload").ClickAsync();
        await Expect(Page.GetByText("What you had typed was put back. Look it over before you save.")).ToBeVisibleAsync();
        Assert.False(await IsSameDocumentAsync());
        Assert.Empty(await AxeScan.FindingsAsync(Page));
        await Expect(Page.Field("Title")).ToHaveValueAsync("Typed before");
        await Page.Button("Close").ClickAsync();
        await Page.Field("Message").FillAsync("It can be saved.");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Heading("Typed before")).ToBeVisibleAsync();
        ForgetLostConnection();
    }

    [Fact]
    public async Task What_comes_back_includes_fields_that_a_choice_brought_and_no_secret()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync("admin/notifications/new");
        await Page.Field("Secret").FillAsync("not to be stored");
        await Page.Field("Name").FillAsync("Ops");
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Discord" }).CheckAsync();
        await Page.Field("User name").FillAsync("Status bot");
        await Page.Field("Mention").SelectOptionAsync("A role");
        await Page.Field("Role ID").FillAsync("42");
        // A chat starts with incident and maintenance events; what was chosen after that comes back on top of it.
        await Page.Checkbox("incident.resolved").UncheckAsync();
        await Page.Checkbox("component.created").CheckAsync();
        await RestartAsync();
        await Notice.Button("Reload").ClickAsync();

        await Expect(Page.GetByText("What you had typed was put back.")).ToBeVisibleAsync();
        await Expect(Page.GetByText("Some of it found no place.")).ToBeHiddenAsync();
        await Expect(Page.Field("Name")).ToHaveValueAsync("Ops");
        await Expect(Page.GetByRole(AriaRole.Radio, new() { Name = "Discord" })).ToBeCheckedAsync();
        await Expect(Page.Field("User name")).ToHaveValueAsync("Status bot");
        await Expect(Page.Field("Mention")).ToHaveValueAsync("role");
        await Expect(Page.Field("Role ID")).ToHaveValueAsync("42");
        await Expect(Page.Checkbox("component.created")).ToBeCheckedAsync();
        await Expect(Page.Checkbox("incident.resolved")).Not.ToBeCheckedAsync();
        await Expect(Page.Checkbox("incident.created")).ToBeCheckedAsync();
        Assert.Null(await Page.EvaluateAsync<string?>("() => sessionStorage.getItem('atstatus.typed')"));
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Webhook" }).CheckAsync();
        await Expect(Page.Field("Secret")).ToHaveValueAsync("");
        ForgetLostConnection();
    }

    /// <summary>The log with one delivery in it.</summary>
    private async Task StartWatchingAsync(LoopbackReceiver receiver)
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
        await GoToAsync("Deliveries");
        await ReportAsync("Before");
        await Expect(Page.Row("Before")).ToContainTextAsync("Delivered");
        await MarkDocumentAsync();
    }

    /// <summary>A form in which something has been typed.</summary>
    private async Task StartTypingAsync()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync("admin/incidents/new?page=1");
        await Page.Field("Title").FillAsync("Typed before");
        await Expect(Page.Field("Title")).ToHaveValueAsync("Typed before");
        await MarkDocumentAsync();
    }

    private async Task RestartAsync()
    {
        _line!.Cut();
        await App.RestartAsync();
        _line.Restore(App.Address);
    }

    private async Task MarkDocumentAsync() => await Page.EvaluateAsync("() => { window.sameDocument = true; }");

    private Task<bool> IsSameDocumentAsync() => Page.EvaluateAsync<bool>("() => Boolean(window.sameDocument)");

    /// <summary>Browser and framework write about a broken line; nothing else may be wrong.</summary>
    private void ForgetLostConnection()
    {
        Assert.All(Window.Problems, problem => Assert.StartsWith("Console: ", problem, StringComparison.Ordinal));
        Window.ForgetProblems();
    }
}
