using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Access;

/// <summary>How long a session lasts, with a clock in the test's hand.</summary>
public sealed class SessionLimitTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 14, 12, 0, 0, TimeSpan.Zero));
    private readonly SessionLimits _limits = new() { Idle = TimeSpan.FromHours(1), Lifetime = TimeSpan.FromHours(5) };
    private const string Stamp = "stamp";

    private readonly Guid _user = Guid.NewGuid();
    private CoreApp _app = null!;
    private SessionStore _store = null!;
    private SessionStates _states = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _store = new SessionStore(_app.Get<IDbContextFactory<Core.Persistence.AtStatusDbContext>>(), _limits, _time);
        _states = new SessionStates(_store, _limits, _time);
        await using var db = _app.Open();
        db.Users.Add(new User { Id = _user, SecurityStamp = Stamp, UserName = "ada@example.com", NormalizedUserName = "ADA@EXAMPLE.COM", Email = "ada@example.com", NormalizedEmail = "ADA@EXAMPLE.COM" });
        await db.SaveChangesAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        _states.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task It_ends_when_it_was_not_used_for_long()
    {
        var id = (await BeginAsync()).Id;
        _time.Advance(_limits.Idle - TimeSpan.FromSeconds(1));
        Assert.NotNull(await _states.UseAsync(id, Stop));
        await _states.FlushAsync(Stop);
        _time.Advance(_limits.Idle - TimeSpan.FromSeconds(1));
        Assert.NotNull(await _states.UseAsync(id, Stop));
        await _states.FlushAsync(Stop);
        _time.Advance(_limits.Idle);
        Assert.Null(await _states.UseAsync(id, Stop));
        Assert.Empty(await _store.ListAsync(_user, Stop));
    }

    [Fact]
    public async Task It_ends_however_much_it_is_used()
    {
        var session = await BeginAsync();
        for (var at = TimeSpan.Zero; at + TimeSpan.FromMinutes(30) < _limits.Lifetime; at += TimeSpan.FromMinutes(30))
        {
            _time.Advance(TimeSpan.FromMinutes(30));
            Assert.NotNull(await _states.UseAsync(session.Id, Stop));
            await _states.FlushAsync(Stop);
        }
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Null(await _states.UseAsync(session.Id, Stop));
    }

    [Fact]
    public async Task When_it_was_used_is_written_to_a_minute()
    {
        var session = await BeginAsync();
        _time.Advance(TimeSpan.FromSeconds(59));
        await _states.UseAsync(session.Id, Stop);
        await _states.FlushAsync(Stop);
        Assert.Equal(session.LastSeenAt, (await _store.ListAsync(_user, Stop))[0].LastSeenAt);
        _time.Advance(TimeSpan.FromSeconds(2));
        await _states.UseAsync(session.Id, Stop);
        await _states.FlushAsync(Stop);
        Assert.Equal(session.LastSeenAt + TimeSpan.FromSeconds(61), (await _store.ListAsync(_user, Stop))[0].LastSeenAt);
    }

    [Fact]
    public async Task What_another_process_has_ended_is_noticed_within_two_seconds_and_what_this_one_has_at_once()
    {
        var (first, second) = ((await BeginAsync()).Id, (await BeginAsync()).Id);
        Assert.NotNull(await _states.UseAsync(first, Stop));
        Assert.NotNull(await _states.UseAsync(second, Stop));
        await _store.EndAsync(_user, first, Stop);
        Assert.Null(await _states.UseAsync(first, Stop));
        await using (var db = _app.Open())
            await db.Sessions.ExecuteDeleteAsync(Stop);
        _time.Advance(SessionStates.Holds);
        Assert.Null(await _states.UseAsync(second, Stop));
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another_account()
    {
        var id = (await BeginAsync()).Id;
        await _store.EndAsync(Guid.NewGuid(), id, Stop);
        Assert.NotNull(await _states.UseAsync(id, Stop));
    }

    private async Task<Session> BeginAsync() => (await _store.BeginAsync(new User { Id = _user, SecurityStamp = Stamp }, "", "", cancellationToken: Stop))!;
}
