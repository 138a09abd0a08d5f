using System.Security.Cryptography.X509Certificates;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Notifications;

/// <summary>Whom a notification trusts, from the form's check to the delivery.</summary>
public sealed class StoredTrustTests : IAsyncLifetime
{
    private readonly TestAuthority _root = TestAuthority.Root();
    private X509Certificate2 _certificate = null!;
    private LoopbackReceiver _receiver = null!;
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _certificate = _root.Issue("localhost");
        _receiver = LoopbackReceiver.StartTls(_certificate);
        _app = await CoreApp.StartAsync(configure: options => options.AllowInsecureTls = true);
        _page = await _app.SampleDataAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _receiver.DisposeAsync();
        _certificate.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task A_delivery_goes_where_the_notification_s_rule_lets_it_and_its_attempt_is_timed()
    {
        var id = await AddAsync(TlsTrust.System);
        Assert.Equal(FailureKind.Tls, Assert.Single(await RunAsync()).Failure);
        var saved = (await _app.Get<NotificationQueries>().FindAsync(id, Stop))!;
        await _app.Get<NotificationService>().UpdateAsync(id, saved.Version, Input(TlsTrust.Authority, $"\n{_root.Pem}\n\n"), Stop);
        saved = (await _app.Get<NotificationQueries>().FindAsync(id, Stop))!;
        Assert.Equal((TlsTrust.Authority, _root.Pem.Trim()), (saved.Options.TlsTrust, saved.Options.TlsCertificate));

        _app.Time.Advance(TimeSpan.FromMinutes(2));
        var attempts = await RunAsync();

        Assert.Null(attempts[1].Failure);
        Assert.True(attempts[1] is { LookupMs: >= 0, ConnectMs: >= 0, TlsMs: >= 0 });
        await _app.Get<TestSendService>().SendSavedAsync(id, EventType.IncidentCreated, Stop);
        var second = (await _app.DeliveriesAsync())[^1].Attempts[0];
        Assert.Equal((null, null, null), (second.LookupMs, second.ConnectMs, second.TlsMs));
        Assert.Equal((2, 2), (_receiver.Requests.Count, _receiver.Connections));
    }

    [Fact]
    public async Task Without_the_permission_nobody_can_choose_not_to_verify_and_who_had_chosen_it_gets_nothing_any_more()
    {
        await AddAsync(TlsTrust.Unverified);
        Assert.True(Assert.Single(await _app.Get<NotificationQueries>().ListAsync(Stop)).IsUnverified);
        Assert.Null(Assert.Single(await RunAsync()).Failure);

        _app.Get<WebhookOptions>().AllowInsecureTls = false;
        await _app.Get<ComponentService>().SetStatusAsync(_page.Components[0].Id, ComponentStatus.Operational, cancellationToken: Stop);
        var refused = (await RunAsync())[^1];

        Assert.Equal(
            (FailureKind.Tls, "The notification does not verify its receiver, and Webhooks:AllowInsecureTls is not on."), (refused.Failure, refused.Error));
        Assert.Single(_receiver.Requests);
        var test = await _app.Get<TestSendService>().SendAsync(Test(TlsTrust.Unverified, null), Stop);
        Assert.Equal(FailureKind.Tls, test.Result.Failure);
        var errors = (await Assert.ThrowsAsync<InvalidInputException>(() => AddAsync(TlsTrust.Unverified))).Errors;
        Assert.Contains("Webhooks:AllowInsecureTls", Assert.Single(errors).Value, StringComparison.Ordinal);
        Assert.Equal("TlsTrust", Assert.Single(errors).Key);
    }

    [Fact]
    public async Task A_test_trusts_whom_the_form_says()
    {
        var tests = _app.Get<TestSendService>();

        Assert.Equal(FailureKind.Tls, (await tests.SendAsync(Test(TlsTrust.System, _root.Pem), Stop)).Result.Failure);
        Assert.Null((await tests.SendAsync(Test(TlsTrust.Authority, _root.Pem), Stop)).Result.Failure);
        Assert.Null((await tests.SendAsync(Test(TlsTrust.Unverified, null), Stop)).Result.Failure);
        var errors = (await Assert.ThrowsAsync<InvalidInputException>(() => tests.SendAsync(Test(TlsTrust.Pinned, "nothing"), Stop))).Errors;
        Assert.Equal("TlsCertificate", Assert.Single(errors).Key);
    }

    [Fact]
    public async Task What_is_pasted_is_judged_at_the_form()
    {
        using var leaf = _root.Issue("localhost");
        using var other = _root.Issue("other.example");
        var pem = leaf.ExportCertificatePem();
        (TlsTrust Trust, string? Pem, string? Problem)[] cases =
        [
            (TlsTrust.System, "anything", null),
            (TlsTrust.Unverified, "anything", null),
            (TlsTrust.Authority, _root.Pem, null),
            (TlsTrust.Authority, $"subject=CN = x\n{pem}\n{_root.Pem}", null),
            (TlsTrust.Authority, pem, "root certificate is missing"),
            (TlsTrust.Authority, "", "Paste the certificate as PEM"),
            (TlsTrust.Authority, null, "Paste the certificate as PEM"),
            (TlsTrust.Authority, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "Paste the certificate as PEM"),
            (TlsTrust.Authority, _root.Pem + new string('\n', CertificateText.MaxLength), "Paste the certificate as PEM"),
            (TlsTrust.Authority, _root.Pem + leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), "private key"),
            (TlsTrust.Pinned, pem, null),
            (TlsTrust.Pinned, pem + "\n" + other.ExportCertificatePem(), "Only one certificate can be pinned"),
            (TlsTrust.Pinned, pem[..^40], "Paste the certificate as PEM"),
        ];

        foreach (var (trust, text, problem) in cases)
        {
            var found = CertificateText.ProblemOf(trust, text);
            if (problem is null)
                Assert.Null(found);
            else
                Assert.Contains(problem, found, StringComparison.Ordinal);
        }
        var refused = (await Assert.ThrowsAsync<InvalidInputException>(() => AddAsync(TlsTrust.Pinned, "nothing"))).Errors;
        Assert.Equal("TlsCertificate", Assert.Single(refused).Key);
    }

    [Fact]
    public void What_was_recognised_is_told_in_few_words_and_a_time_that_is_over_or_not_come_is_warned_of()
    {
        var from = new DateTimeOffset(2026, 1, 14, 12, 0, 0, TimeSpan.Zero);
        using var certificate = LoopbackReceiver.SelfSigned(from, "hooks.example");
        var pem = certificate.ExportCertificatePem();

        Assert.Equal("CN=hooks.example, valid until 2027-01-14", CertificateText.Describe(pem));
        Assert.Equal("CN=hooks.example, valid until 2027-01-14; CN=hooks.example, valid until 2027-01-14", CertificateText.Describe(pem + "\n" + pem));
        Assert.Null(CertificateText.Describe("nothing"));
        Assert.Null(CertificateText.WarningOf(pem, from.UtcDateTime.AddDays(1)));
        Assert.Equal("CN=hooks.example expired on 2027-01-14.", CertificateText.WarningOf(pem, from.UtcDateTime.AddYears(1)));
        Assert.Equal("CN=hooks.example is not valid before 2026-01-14.", CertificateText.WarningOf(pem, from.UtcDateTime.AddSeconds(-1)));
        Assert.Null(CertificateText.WarningOf("nothing", from.UtcDateTime));
    }

    private NotificationInput Input(TlsTrust trust, string? pem) =>
        new(
            "webhook", "Receiver",
            new(_receiver.UrlFor("localhost").AbsoluteUri) { Options = new() { TlsTrust = trust, TlsCertificate = pem } },
            new([EventType.ComponentStatusChanged]));

    private TestSend Test(TlsTrust trust, string? pem) =>
        new(
            null, "webhook", "Receiver",
            new(_receiver.UrlFor("localhost").AbsoluteUri) { Options = new() { TlsTrust = trust, TlsCertificate = pem } },
            EventType.IncidentCreated);

    private Task<int> AddAsync(TlsTrust trust, string? pem = null) => _app.Get<NotificationService>().CreateAsync(Input(trust, pem), Stop);

    /// <summary>Lets a component fail, once, and runs what is due; the attempts that were no test, oldest first.</summary>
    private async Task<List<DeliveryAttempt>> RunAsync()
    {
        if (!(await _app.DeliveriesAsync()).Any(d => !d.IsTest))
            await _app.Get<ComponentService>().SetStatusAsync(_page.Components[0].Id, ComponentStatus.MajorOutage, cancellationToken: Stop);
        foreach (var delivery in await _app.DeliveriesAsync())
            await _app.RunJobAsync(delivery.Id);
        return [.. (await _app.DeliveriesAsync()).Where(d => !d.IsTest).SelectMany(d => d.Attempts.OrderBy(a => a.Number))];
    }
}
