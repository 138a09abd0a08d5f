using ATStatus.Core.Access;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// A press of a button that was on its way when the right was taken away: the browser's message is held back on its web socket and arrives
/// afterwards.
/// </summary>
public sealed class CircuitEventBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    /// <summary>The circuit's message of a click waits until <c>arrive</c> is called.</summary>
    private const string HoldPresses = """
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (data) {
            if (typeof data !== 'string' && new TextDecoder().decode(data).includes('"click"')) window.arrive = () => send.call(this, data);
            else send.call(this, data);
        };
        """;

    [Fact]
    public async Task What_arrives_after_the_right_was_taken_away_is_not_done()
    {
        await StartAsync(new ConsoleAppOptions { Settings = new() { ["Webhooks:MaxAttempts"] = "1" } });
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
        await ReportAsync("Down");
        await ReportAsync("Slow");
        await SettledAsync(attempts: 1);
        var ada = await App.AddUserAsync("ada@example.com", ConsoleApp.AdminPassword, Roles.Editor);
        var mayRedeliver = new AccountInput(Roles.Editor, MayRedeliver: true);
        await Get<AccountService>().ChangeAsync(ada.Id, mayRedeliver, Stop);
        await Page.AddInitScriptAsync(HoldPresses);
        await Page.GotoAsync("login?returnUrl=/admin/deliveries/1");
        await Page.Field("Email").FillAsync(ada.Email!);
        await Page.Field("Password").FillAsync(ConsoleApp.AdminPassword);
        await Page.Button("Sign in").ClickAsync();

        // With the right it is done, however late it arrives.
        await PressAsync();
        await ArriveAsync();
        await SettledAsync(attempts: 2);

        await PressAsync();
        await Get<AccountService>().ChangeAsync(ada.Id, mayRedeliver with { MayRedeliver = false }, Stop);
        await Expect(Page.Button("Redeliver")).ToHaveCountAsync(0);
        await ArriveAsync();
        await DoNothingOfItAsync();
        // What the framework says in the window of an event that it does not know.
        Window.ForgetProblems();

        async Task PressAsync()
        {
            await Page.Button("Redeliver").ClickAsync();
            await Page.WaitForFunctionAsync("() => window.arrive");
        }

        Task ArriveAsync() => Page.EvaluateAsync("() => { window.arrive?.(); window.arrive = null; }");

        async Task DoNothingOfItAsync()
        {
            // What had been begun would have come before this one.
            var earlier = (await Get<DeliveryQueries>().FindAsync(2, Stop))!.Attempts.Count;
            await Get<RedeliveryService>().RedeliverAsync(2, Stop);
            await Eventually.TrueAsync(async () => (await Get<DeliveryQueries>().FindAsync(2, Stop)) is { Row.State: DeliveryState.Failed } other && other.Attempts.Count > earlier);
            await SettledAsync(attempts: 2);
        }

        Task SettledAsync(int attempts) => Eventually.TrueAsync(
            async () => (await Get<DeliveryQueries>().FindAsync(1, Stop)) is { Row.State: DeliveryState.Failed } delivery && delivery.Attempts.Count == attempts);
    }
}
