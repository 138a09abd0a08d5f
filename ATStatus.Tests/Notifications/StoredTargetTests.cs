using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Notifications;

/// <summary>
/// Secret, header values and certificate check are kept for the server they were entered for: a save or a test that leads to another asks for
/// them again, and nothing is sent there meanwhile. The stored URL is kept without being seen.
/// </summary>
public sealed class StoredTargetTests : IAsyncLifetime
{
    private const string Secret = "whsec_the-stored-one";
    private const string Hidden = "/hooks/T0pS3cretT0ken";
    private LoopbackReceiver _mine = null!;
    private LoopbackReceiver _theirs = null!;
    private CoreApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_mine, _theirs) = (LoopbackReceiver.Start(), LoopbackReceiver.Start());
        _app = await CoreApp.StartAsync(configure: options => options.AllowInsecureTls = true);
        await _app.SampleDataAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _mine.DisposeAsync();
        await _theirs.DisposeAsync();
    }

    private NotificationService Service => _app.Get<NotificationService>();

    private TestSendService Tests => _app.Get<TestSendService>();

    [Fact]
    public async Task Another_server_gets_nothing_that_is_stored_until_it_is_entered_again()
    {
        var id = await AddAsync();
        var moved = Input(_theirs.Url.AbsoluteUri, new HeaderInput("Authorization", ""), new HeaderInput("X-New", "new"))
            .WithOptions(o => o with { TlsTrust = TlsTrust.Unverified });

        foreach (var url in new[] { _theirs.Url.AbsoluteUri, $"http://localhost:{_mine.Port}/hook", $"https://127.0.0.1:{_mine.Port}/hook" })
        {
            var refused = (await RefusedAsync(() => UpdateAsync(id, moved.WithTransport(t => t with { Url = url })))).Errors;
            var tested = (await RefusedAsync(() => Tests.SendAsync(Test(id, moved.WithTransport(t => t with { Url = url })), Stop))).Errors;
            Assert.Equal(["Headers-0-Value", "Secret", "TlsTrust"], refused.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(refused, tested);
            Assert.All(refused.Values, words => Assert.StartsWith("The URL has another scheme, host or port now.", words, StringComparison.Ordinal));
        }
        Assert.Empty(_theirs.Requests);
        Assert.Empty(_mine.Requests);
        Assert.Equal(Secret, (await StoredAsync(id)).Secret);

        var complete = moved.WithTransport(
            t => t with { Secret = "whsec_another-one", KeepTlsTrust = true, Headers = [new("Authorization", "again")] });
        await Tests.SendAsync(Test(id, complete), Stop);
        await UpdateAsync(id, complete);
        await Tests.SendSavedAsync(id, EventType.IncidentCreated, Stop);
        Assert.All(_theirs.Requests, request =>
        {
            Assert.Equal("again", request.Header("Authorization"));
            Assert.True(DocumentVerifier.Verify(request.Body, request.Header("X-Webhook-Signature")!, "whsec_another-one"));
        });
        Assert.Equal(2, _theirs.Requests.Count);
    }

    [Fact]
    public async Task Removing_them_does_as_well()
    {
        var id = await AddAsync();
        var without = Input(_theirs.Url.AbsoluteUri).WithTransport(t => t with { RemoveSecret = true });
        await Tests.SendAsync(Test(id, without), Stop);
        await UpdateAsync(id, without);
        var request = Assert.Single(_theirs.Requests);
        Assert.Equal((null, null), (request.Header("X-Webhook-Signature"), request.Header("Authorization")));
    }

    [Fact]
    public async Task The_same_server_keeps_them_whatever_its_path_and_however_it_is_written()
    {
        var id = await AddAsync();
        var same = Input($"HTTP://127.1:{_mine.Port}/elsewhere?x=1", new HeaderInput("Authorization", ""))
            .WithOptions(o => o with { TlsTrust = TlsTrust.Unverified });
        await Tests.SendAsync(Test(id, same), Stop);
        await UpdateAsync(id, same);
        await Tests.SendSavedAsync(id, EventType.IncidentCreated, Stop);
        Assert.Equal(["/elsewhere?x=1", "/elsewhere?x=1"], _mine.Requests.Select(r => r.Path));
        Assert.All(_mine.Requests, request => Assert.Equal("Bearer stored", request.Header("Authorization")));
        Assert.All(_mine.Requests, request => Assert.True(DocumentVerifier.Verify(request.Body, request.Header("X-Webhook-Signature")!, Secret)));
    }

    [Fact]
    public async Task A_replaced_secret_signs_nothing_that_goes_to_another_server()
    {
        var id = await AddAsync();
        await UpdateAsync(id, Input(_mine.Url.AbsoluteUri).WithTransport(
            t => t with { Secret = "whsec_the-second-one", SecretOverlap = TimeSpan.FromDays(1) }));
        Assert.NotNull((await StoredAsync(id)).Previous);

        var moved = Input(_theirs.Url.AbsoluteUri).WithTransport(
            t => t with { Secret = "whsec_the-third-one", SecretOverlap = TimeSpan.FromDays(1) });
        await Tests.SendAsync(Test(id, moved), Stop);
        await UpdateAsync(id, moved);
        await Tests.SendSavedAsync(id, EventType.IncidentCreated, Stop);

        Assert.Null((await StoredAsync(id)).Previous);
        Assert.Equal([null, null], _theirs.Requests.Select(r => r.Header("X-Webhook-Signature-Previous")));
    }

    [Fact]
    public async Task A_test_as_another_type_takes_nothing_that_is_stored()
    {
        var id = await AddAsync();
        await using (var db = _app.Open())
            await db.Notifications.ExecuteUpdateAsync(row => row.SetProperty(n => n.Kind, "slack"), Stop);
        var refused = await RefusedAsync(() => Tests.SendAsync(Test(id, Input(_mine.Url.AbsoluteUri, new HeaderInput("Authorization", ""))), Stop));
        Assert.Equal(["Headers-0-Value", "Secret"], refused.Errors.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(_mine.Requests);
    }

    [Fact]
    public async Task A_stored_URL_that_can_be_a_credential_is_kept_copied_and_tested_without_being_read()
    {
        var id = await Service.CreateAsync(
            Input(_mine.UrlFor("127.0.0.1", Hidden).AbsoluteUri).WithTransport(t => t with { Secret = Secret }), Stop);
        var saved = (await _app.Get<NotificationQueries>().FindAsync(id, Stop))!;
        Assert.Equal(($"http://127.0.0.1:{_mine.Port}/hooks/T0…", true), (saved.Url, saved.UrlIsMasked));
        Assert.EndsWith(Hidden, await _app.Get<NotificationQueries>().UrlAsync(id, Stop), StringComparison.Ordinal);

        Assert.Equal("The URL is shortened (…). Enter the whole URL.", (await RefusedAsync(() => UpdateAsync(id, Input(saved.Url!)))).Errors["Url"]);
        await UpdateAsync(id, Input("").WithTransport(t => t with { Url = null, UrlFrom = id }));
        await Tests.SendAsync(Test(id, Input("").WithTransport(t => t with { Url = null, UrlFrom = id })), Stop);
        var copy = await Service.CreateAsync(Input("").WithTransport(t => t with { Url = null, UrlFrom = id }), Stop);
        await Tests.SendSavedAsync(copy, EventType.IncidentCreated, Stop);

        Assert.Equal([Hidden, Hidden], _mine.Requests.Select(r => r.Path));
        Assert.NotNull(_mine.Requests[0].Header("X-Webhook-Signature"));
        Assert.Null(_mine.Requests[1].Header("X-Webhook-Signature"));
        var gone = await RefusedAsync(() => Service.CreateAsync(Input("").WithTransport(t => t with { Url = null, UrlFrom = 4711 }), Stop));
        Assert.Contains("Enter the URL again", gone.Errors["Url"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12345", "at least 6 characters")]
    [InlineData("🔑🔑🔑", "at least 6 characters")]
    [InlineData("123456", null)]
    [InlineData("🔑🔑🔑🔑🔑🔑", null)]
    public async Task A_new_secret_has_at_least_six_characters(string secret, string? words)
    {
        var input = Input(_mine.Url.AbsoluteUri).WithTransport(t => t with { Secret = secret });
        if (words is null)
        {
            Assert.NotNull((await StoredAsync(await Service.CreateAsync(input, Stop))).Secret);
            return;
        }
        Assert.Contains(words, (await RefusedAsync(() => Service.CreateAsync(input, Stop))).Errors["Secret"], StringComparison.Ordinal);
        Assert.Contains(words, (await RefusedAsync(() => Tests.SendAsync(Test(null, input), Stop))).Errors["Secret"], StringComparison.Ordinal);
        var id = await AddAsync();
        Assert.Contains(words, (await RefusedAsync(() => UpdateAsync(id, input))).Errors["Secret"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stored_shorter_secret_keeps_signing_through_a_save()
    {
        var id = await AddAsync();
        await using (var db = _app.Open())
        {
            var shorter = _app.Get<TargetProtector>().ProtectSecret("x");
            await db.Notifications.ExecuteUpdateAsync(row => row.SetProperty(n => n.Transport.ProtectedSecret, shorter), Stop);
        }
        await UpdateAsync(id, Input(_mine.Url.AbsoluteUri));
        await Tests.SendSavedAsync(id, EventType.IncidentCreated, Stop);
        var request = Assert.Single(_mine.Requests);
        Assert.True(DocumentVerifier.Verify(request.Body, request.Header("X-Webhook-Signature")!, "x"));
    }

    private static NotificationInput Input(string url, params HeaderInput[] headers) =>
        new("webhook", "Mine", new(url) { Headers = headers }, new([EventType.IncidentCreated]));

    private static TestSend Test(int? id, NotificationInput input) =>
        new(id, input.Kind, input.Name, input.Transport, EventType.IncidentCreated);

    private Task<int> AddAsync() => Service.CreateAsync(
        Input(_mine.Url.AbsoluteUri, new HeaderInput("Authorization", "Bearer stored"))
            .WithTransport(t => t with { Secret = Secret, Options = new() { TlsTrust = TlsTrust.Unverified } }), Stop);

    private async Task UpdateAsync(int id, NotificationInput input)
    {
        var saved = (await _app.Get<NotificationQueries>().FindAsync(id, Stop))!;
        await Service.UpdateAsync(id, saved.Version, input, Stop);
    }

    private async Task<(string? Secret, string? Previous)> StoredAsync(int id)
    {
        await using var db = _app.Open();
        var n = await db.Notifications.AsNoTracking().SingleAsync(x => x.Id == id, Stop);
        var protector = _app.Get<TargetProtector>();
        return (protector.Secret(n.Transport.ProtectedSecret), protector.Secret(n.Transport.PreviousProtectedSecret));
    }

    private static Task<InvalidInputException> RefusedAsync(Func<Task> act) => Assert.ThrowsAsync<InvalidInputException>(act);
}
