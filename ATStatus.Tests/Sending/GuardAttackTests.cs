using System.Globalization;
using System.Net;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Sending;

/// <summary>
/// Every trick of <see cref="GuardAttacks"/>, by every way to a connection: what the form checks and saves, the delivery of a row that
/// holds it all the same, and a test. Each ends as its row says, and no connection is begun.
/// </summary>
public sealed class GuardAttackTests(GuardAttackTests.Target target) : IClassFixture<GuardAttackTests.Target>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Attacks => [.. GuardAttacks.All.Keys];

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task The_form_refuses_what_it_can_know(string name)
    {
        var attack = GuardAttacks.All[name];
        var before = await target.NotificationAsync();
        var input = Target.Input(target.Typed(attack));

        var check = await target.Notifications.CheckUrlAsync("webhook", input.Transport.Url, Token);
        var adding = await Record.ExceptionAsync(async () =>
            await target.Notifications.DeleteAsync(await target.Notifications.CreateAsync(input, Token), Token));
        var changing = await Record.ExceptionAsync(() => target.Notifications.UpdateAsync(before.Id, before.Version, input, Token));

        var after = await target.NotificationAsync();
        if (attack.FormError is { } words)
        {
            Assert.Contains(words, Assert.Single(check.Errors), StringComparison.Ordinal);
            foreach (var refused in new[] { adding, changing })
                Assert.Equal(check.Errors[0], Assert.IsType<InvalidInputException>(refused).Errors[nameof(TransportInput.Url)]);
            Assert.Equal(before.Transport.ProtectedUrl, after.Transport.ProtectedUrl);
        }
        else
        {
            Assert.Empty(check.Errors);
            Assert.Equal((null, null), (adding, changing));
            Assert.All(
                target.App.Get<TargetProtector>().Url(after.Transport.ProtectedUrl).OriginalString, c => Assert.True(char.IsAscii(c)));
            Assert.Equal(attack.Typed.Length == 0, check.Warnings.Any(w => w.Contains("could not be resolved", StringComparison.Ordinal)));
        }
        target.Trap.AssertSilent();
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task A_delivery_to_a_row_that_holds_it_ends_without_a_connection(string name)
    {
        var attack = GuardAttacks.All[name];
        await target.SaveAsync(attack);

        var delivery = await target.DeliverAsync();

        var attempt = Assert.Single(delivery.Attempts);
        Assert.Equal(attack.Sent, attempt.Failure);
        Assert.Null(attempt.StatusCode);
        // A guarded address is the end; a name may have an address by the next attempt.
        Assert.Equal(attack.Sent == FailureKind.AddressRefused ? DeliveryState.Failed : DeliveryState.Retrying, delivery.State);
        Assert.Equal(attack.Sent == FailureKind.AddressRefused, attempt.Error!.Contains(GuardAttacks.GuardedText, StringComparison.Ordinal));
        target.Trap.AssertSilent();
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task A_test_of_what_is_saved_or_typed_ends_without_a_connection(string name)
    {
        var attack = GuardAttacks.All[name];
        var id = await target.SaveAsync(attack);
        var tests = target.App.Get<TestSendService>();
        var form = new TestSend(id, "webhook", "Attack", new(target.Text(attack), "s3cret"), EventType.IncidentCreated);

        var saved = (await tests.SendSavedAsync(id, EventType.IncidentCreated, Token)).Result;

        Assert.Equal(attack.Sent, saved.Failure);
        if (attack.FormError == GuardAttacks.GuardedText)
        {
            var check = await target.Notifications.CheckUrlAsync("webhook", form.Transport.Url, Token);
            Assert.Equal(Assert.Single(check.Errors), saved.Error);
        }
        // A test looks nothing up beforehand: whatever is a URL is sent, and refused where the connection would be.
        if (attack.FormError is null or GuardAttacks.GuardedText)
            Assert.Equal(attack.Sent, (await tests.SendAsync(form, Token)).Result.Failure);
        else
            Assert.Contains(
                attack.FormError, (await Assert.ThrowsAsync<InvalidInputException>(() => tests.SendAsync(form, Token))).Errors["Url"], StringComparison.Ordinal);
        target.Trap.AssertSilent();
    }

    [Fact]
    public async Task Behind_a_proxy_too_what_is_guarded_is_refused_before_it()
    {
        await using var proxy = LoopbackReceiver.Start();
        using var rig = new SendingRig(new WebhookOptions { Proxy = proxy.Url });
        foreach (var (name, attack) in GuardAttacks.All.Where(row => row.Value.Sent == FailureKind.AddressRefused))
        {
            var url = new Uri(target.Text(attack));
            if (attack.Later.Length > 0)
                rig.Resolver.Set(url.IdnHost, attack.Later);
            Assert.True((await rig.SendAsync(url)).Failure == FailureKind.AddressRefused, name);
        }
        Assert.Equal(0, proxy.Connections);
        target.Trap.AssertSilent();
    }

    [Theory]
    [InlineData("http://169.254.169.254:{port}/latest/meta-data/")]
    [InlineData("http://localhost:{port}/")]
    [InlineData("//127.0.0.2:{port}/hook")]
    [InlineData("http://[::1]:{port}/")]
    public async Task A_redirect_of_an_allowed_receiver_leads_nowhere(string location)
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var own = new Target { Allowed = [IPNetwork.Parse("127.0.0.1/32")] };
        await own.InitializeAsync();
        var attack = new GuardAttack(receiver.Url.AbsoluteUri, null, FailureKind.HttpStatus);
        location = location.Replace("{port}", own.Trap.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var id = await own.SaveAsync(attack);
        int[] statuses = [300, 301, 302, 303, 305, 307, 308];
        foreach (var status in statuses)
        {
            receiver.Script(ScriptedResponse.Status(status, "", ("Location", location), ("Refresh", $"0; url={location}"), ("Alt-Svc", $"h2=\"127.0.0.2:{own.Trap.Port}\"")));

            var delivered = Assert.Single((await own.DeliverAsync()).Attempts);
            var tested = (await own.App.Get<TestSendService>().SendSavedAsync(id, EventType.IncidentCreated, Token)).Result;

            Assert.Equal((FailureKind.HttpStatus, status), (delivered.Failure!.Value, delivered.StatusCode!.Value));
            Assert.Equal((FailureKind.HttpStatus, status), (tested.Failure!.Value, tested.StatusCode!.Value));
        }
        own.Trap.AssertSilent();
        Assert.Equal(2 * statuses.Length, receiver.Requests.Count);
    }

    [Fact]
    public async Task The_trap_would_hear_a_connection()
    {
        using var trap = new ConnectionTrap();
        using var rig = SendingRig.Guarded("127.0.0.0/8", "::1/128");

        await rig.SendAsync(new Uri($"http://127.0.0.2:{trap.Port}/"));
        await rig.SendAsync(new Uri($"http://[::1]:{trap.Port}/"));

        Assert.Equal(2, trap.Dialled.Count);
        await Eventually.TrueAsync(() => trap.Accepted == 2);
        Assert.Empty(target.Trap.Dialled);
    }

    /// <summary>The library with the guard as it is out of the box (or one range let through), one notification to be attacked through, and the trap.</summary>
    public sealed class Target : IAsyncLifetime
    {
        private readonly ScriptedResolver _resolver = new();
        private int _notification;
        private int _component;

        public IPNetwork[] Allowed { get; init; } = [];

        public ConnectionTrap Trap { get; } = new();

        public CoreApp App { get; private set; } = null!;

        public NotificationService Notifications => App.Get<NotificationService>();

        public async ValueTask InitializeAsync()
        {
            App = await CoreApp.StartAsync(
                configure: options => (options.AllowedNetworks, options.CircuitFailures, options.SwitchOffAfter) = (Allowed, 0, null),
                more: services => services.AddSingleton<INameResolver>(_resolver));
            _component = (await App.SampleDataAsync()).Components[0].Id;
            _notification = await App.NotificationAsync(new Uri("https://8.8.8.8/"));
        }

        public async ValueTask DisposeAsync()
        {
            await App.DisposeAsync();
            Trap.Dispose();
        }

        public static NotificationInput Input(string url) =>
            new("webhook", "Attack", new(url, "s3cret"), new([EventType.ComponentStatusChanged]));

        internal string Text(GuardAttack attack) => attack.Url.Replace("{port}", Trap.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        /// <summary>The text, while its name resolves as it does when it is typed.</summary>
        internal string Typed(GuardAttack attack) => Answering(attack, attack.Typed);

        public async Task<Notification> NotificationAsync()
        {
            await using var db = App.Open();
            return await db.Notifications.AsNoTracking().SingleAsync(n => n.Id == _notification);
        }

        /// <summary>Puts the attack into the notification's row: through the form where it accepts it, past it otherwise. Then time passes.</summary>
        internal async Task<int> SaveAsync(GuardAttack attack)
        {
            var url = Typed(attack);
            if (attack.FormError is null)
            {
                await Notifications.UpdateAsync(_notification, (await NotificationAsync()).Version, Input(url));
            }
            else
            {
                var stored = App.Get<IDataProtectionProvider>().CreateProtector("ATStatus.Notification.Url.v1").Protect(url);
                await using var db = App.Open();
                await db.Notifications.Where(n => n.Id == _notification).ExecuteUpdateAsync(
                    row => row.SetProperty(n => n.Transport.ProtectedUrl, stored).SetProperty(n => n.Version, n => n.Version + 1));
            }
            Answering(attack, attack.Later);
            return _notification;
        }

        /// <summary>Lets something happen, and runs the job of its delivery.</summary>
        internal async Task<Delivery> DeliverAsync()
        {
            await using var db = App.Open();
            var before = (await db.Components.AsNoTracking().SingleAsync(c => c.Id == _component)).Status;
            await App.Get<ComponentService>().SetStatusAsync(
                _component, before == ComponentStatus.Operational ? ComponentStatus.Degraded : ComponentStatus.Operational);
            var newest = db.Deliveries.AsNoTracking().Include(d => d.Attempts).OrderByDescending(d => d.Id);
            await App.RunJobAsync((await newest.FirstAsync()).Id);
            return await newest.FirstAsync();
        }

        private string Answering(GuardAttack attack, string[] addresses)
        {
            var text = Text(attack);
            if (attack.Typed.Length + attack.Later.Length > 0)
                _resolver.Set(new Uri(text).IdnHost, addresses);
            return text;
        }
    }
}
