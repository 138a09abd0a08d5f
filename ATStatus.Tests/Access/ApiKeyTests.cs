using System.Globalization;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Access;

public sealed class ApiKeyTests : IAsyncLifetime
{
    private static readonly Actor Ada = new("ada@example.com");
    private readonly CoreServicesFixture _core = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 14, 12, 0, 0, TimeSpan.Zero));
    private ServiceProvider? _services;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ApiKeyService Service => _services!.GetRequiredService<ApiKeyService>();

    private ApiKeyUse Use => _services!.GetRequiredService<ApiKeyUse>();

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_clock);
        await _core.AddToAsync(services);
        _services = services.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services!.DisposeAsync();
        await _core.DisposeAsync();
    }

    [Fact]
    public async Task What_is_stored_does_not_tell_the_key()
    {
        var made = await CreateAsync();
        await using var db = await _services!.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var stored = await db.ApiKeys.SingleAsync(Stop);
        Assert.Equal(ApiKey.HashOf(made.Text), stored.Hash);
        Assert.Equal(made.Text[..12], stored.Prefix);
        Assert.StartsWith("ats_", made.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Text, $"{made} {stored}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ApiKeyExpiry.In30Days, "2026-02-13T12:00:00")]
    [InlineData(ApiKeyExpiry.In90Days, "2026-04-14T12:00:00")]
    [InlineData(ApiKeyExpiry.In1Year, "2027-01-14T12:00:00")]
    [InlineData(ApiKeyExpiry.OnDate, "2026-01-20T00:00:00")]
    public async Task A_key_ends_at_its_time(ApiKeyExpiry expires, string at)
    {
        var end = DateTime.SpecifyKind(DateTime.Parse(at, CultureInfo.InvariantCulture), DateTimeKind.Utc);
        var made = await CreateAsync(new ApiKeyInput("Key", [ApiScopes.ReadIncidents], expires, expires == ApiKeyExpiry.OnDate ? end : null));
        _clock.SetUtcNow(new DateTimeOffset(end, TimeSpan.Zero).AddSeconds(-1));
        Assert.NotNull(await Use.FindAsync(made.Text, Stop));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await Use.FindAsync(made.Text, Stop));
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once_here_and_soon_elsewhere()
    {
        var made = await CreateAsync();
        var elsewhere = new ApiKeyUse(_services!.GetRequiredService<IDbContextFactory<AtStatusDbContext>>(), _clock);
        Assert.NotNull(await Use.FindAsync(made.Text, Stop));
        Assert.NotNull(await elsewhere.FindAsync(made.Text, Stop));
        await Service.RevokeAsync(made.Id, Stop);
        Assert.Null(await Use.FindAsync(made.Text, Stop));
        Assert.NotNull(await elsewhere.FindAsync(made.Text, Stop));
        _clock.Advance(ApiKeyUse.Remembered);
        Assert.Null(await elsewhere.FindAsync(made.Text, Stop));
    }

    [Fact]
    public async Task Its_last_use_is_exact_to_the_minute()
    {
        var made = await CreateAsync();
        await NoteAsync("10.0.0.1");
        var first = _clock.GetUtcNow().UtcDateTime;
        Assert.Equal((first, "10.0.0.1"), await LastAsync());
        _clock.Advance(TimeSpan.FromSeconds(59));
        await NoteAsync("10.0.0.1");
        Assert.Equal((first, "10.0.0.1"), await LastAsync());
        await NoteAsync("10.0.0.2");
        Assert.Equal((_clock.GetUtcNow().UtcDateTime, "10.0.0.2"), await LastAsync());

        async Task NoteAsync(string from) => await Use.NoteAsync((await Use.FindAsync(made.Text, Stop))!, from, Stop);
        async Task<(DateTime?, string?)> LastAsync() => (await Service.ListAsync(Stop)) is [var key] ? (key.LastUsedAt, key.LastUsedFrom) : default;
    }

    [Fact]
    public async Task Its_use_from_several_addresses_in_turn_is_noted_once_in_ten_seconds()
    {
        var made = await CreateAsync();
        await using var db = await _services!.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        await db.Database.ExecuteSqlRawAsync(
            """
            CREATE TABLE Uses (Address TEXT);
            CREATE TRIGGER Noted AFTER UPDATE OF LastUsedFrom ON ApiKeys BEGIN INSERT INTO Uses VALUES (NEW.LastUsedFrom); END
            """,
            Stop);
        // Twice a second for a minute, from three addresses; what is remembered of the key is read again meanwhile.
        for (var i = 0; i < 120; i++)
        {
            await Use.NoteAsync((await Use.FindAsync(made.Text, Stop))!, $"10.0.0.{i % 3}", Stop);
            _clock.Advance(TimeSpan.FromSeconds(0.5));
        }
        var noted = await db.Database.SqlQueryRaw<string>("SELECT Address AS Value FROM Uses ORDER BY rowid").ToListAsync(Stop);
        Assert.InRange(noted.Count, 2, 6);
        Assert.Equal("10.0.0.0", noted[0]);
        Assert.Contains(noted, address => address != "10.0.0.0");
    }

    [Fact]
    public async Task A_name_is_used_again_only_when_its_key_has_ended()
    {
        var made = await CreateAsync();
        var taken = await Assert.ThrowsAsync<InvalidInputException>(() => CreateAsync());
        Assert.Equal(["Name"], taken.Errors.Keys);
        await Service.RevokeAsync(made.Id, Stop);
        await CreateAsync();
        var wrong = await Assert.ThrowsAsync<InvalidInputException>(() => CreateAsync(new ApiKeyInput(" ", ["write:everything"], ApiKeyExpiry.OnDate)));
        Assert.Equal(["LastDayEnds", "Name", "Scopes"], wrong.Errors.Keys.Order());
    }

    private Task<NewApiKey> CreateAsync(ApiKeyInput? input = null) =>
        Service.CreateAsync(input ?? new ApiKeyInput("Key", [ApiScopes.ReadIncidents, ApiScopes.WriteIncidents], ApiKeyExpiry.Never), Ada, Stop);
}
