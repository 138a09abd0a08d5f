using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Persistence;

/// <summary>What holds of accounts and sessions on any database, whoever else changes them at the same moment. Each provider runs all of it.</summary>
public abstract class AccountContract : IAsyncLifetime
{
    private const string Password = "correct horse battery", Another = "another battery staple, horse", Provider = "https://sso.example.com/";

    private CoreApp _app = null!;

    private protected abstract TestDatabase NewDatabase();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await CoreApp.StartAsync(NewDatabase(), more: services =>
        services.AddIdentityCore<User>().AddRoles<Role>().AddEntityFrameworkStores<AtStatusDbContext>().AddDefaultTokenProviders()
            // As the console has it: length, not composition.
            .Services.Configure<IdentityOptions>(options =>
                options.Password = new() { RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false }));

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_app is not null)
            await _app.DisposeAsync();
    }

    public static TheoryData<string> WhatEndsSessions => ["a new password", "another role", "switched off", "second factor reset", "deleted"];

    [Theory]
    [MemberData(nameof(WhatEndsSessions))]
    public async Task A_sign_in_under_way_does_not_survive_what_ends_the_sessions(string change)
    {
        await SetUpAsync();
        for (var round = 0; round < 8; round++)
        {
            var user = await AddAsync($"ada{round}@example.com", Roles.Editor);
            // Before, after, and at the same moment.
            var begun = round == 0 ? await BeginAsync(user) : null;
            var ending = EndAsync(change, user);
            if (round == 1)
                await ending;
            var racing = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => BeginAsync(user), Stop)));
            await Task.WhenAll(ending, racing);

            Assert.Empty(await Get<SessionStore>().ListAsync(user.Id, Stop));
            if (begun is not null)
                Assert.Empty(await Get<SessionStore>().FindAsync([begun.Id], Stop));
            if (round == 1)
                Assert.All(await racing, Assert.Null);
        }
    }

    [Fact]
    public async Task An_account_has_a_bounded_number_of_sessions_of_which_the_last_used_stay()
    {
        var (user, other) = (await SetUpAsync(), await AddAsync("ada@example.com", Roles.Viewer));
        var kept = (await BeginAsync(other))!;
        List<Session> begun = [];
        for (var i = 0; i < SessionStore.MostPerAccount + 3; i++)
        {
            begun.Add((await BeginAsync(user))!);
            _app.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(begun.Skip(3).Select(s => s.Id).Reverse(), (await Get<SessionStore>().ListAsync(user.Id, Stop)).Select(s => s.Id));
        Assert.Equal(kept.Id, Assert.Single(await Get<SessionStore>().ListAsync(other.Id, Stop)).Id);
    }

    [Fact]
    public async Task Of_two_who_set_up_at_once_one_makes_the_account()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => Get<FirstAccount>().CreateAsync($"admin{i}@example.com", Password, Stop), Stop)));
        Assert.Single(results, r => r.UserId is not null);
        Assert.All(results, r => Assert.Empty(r.Errors));
        Assert.Equal(Roles.Admin, Assert.Single(await AccountsAsync()).Role);
    }

    [Fact]
    public async Task Who_comes_first_by_an_identity_provider_without_being_an_Admin_does_not_close_the_set_up()
    {
        Assert.Null(await ExternalAsync("1", Roles.Viewer));
        Assert.Null(await ExternalAsync("1", Roles.Editor));
        Assert.True(await Get<FirstAccount>().IsMissingAsync(Stop));
        Assert.Empty(await AccountsAsync());

        Assert.NotNull(await ExternalAsync("1", Roles.Admin));
        Assert.False(await Get<FirstAccount>().IsMissingAsync(Stop));
        // Nor does the provider demote the last one.
        Assert.NotNull(await ExternalAsync("1", Roles.Viewer));
        Assert.Equal(Roles.Admin, Assert.Single(await AccountsAsync()).Role);
    }

    [Fact]
    public async Task First_sign_ins_of_one_person_at_the_same_moment_make_one_account()
    {
        await SetUpAsync();
        var users = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ExternalAsync("1", Roles.Editor), Stop)));
        Assert.Single(users.Select(u => u?.Id).Distinct());
        Assert.Equal((true, true), await SwitchesAsync());
        // It was read in the transaction that gave the role: a session can begin with it.
        Assert.NotNull(await BeginAsync(users[^1]!));
    }

    [Fact]
    public async Task What_was_switched_for_a_role_goes_with_it_where_the_provider_gives_another()
    {
        await SetUpAsync();
        var user = (await ExternalAsync("1", Roles.Editor))!;
        await Get<AccountService>().ChangeAsync(user.Id, new AccountInput(Roles.Editor, MaySeePayloads: false, MayRedeliver: true), Stop);
        await ExternalAsync("1", Roles.Editor);
        Assert.Equal((false, true), await SwitchesAsync());
        await ExternalAsync("1", Roles.Viewer);
        Assert.Equal((false, false), await SwitchesAsync());
        await ExternalAsync("1", Roles.Editor);
        Assert.Equal((true, true), await SwitchesAsync());
    }

    [Fact]
    public async Task Subjects_that_differ_in_case_or_a_trailing_blank_are_never_the_same_person()
    {
        await SetUpAsync();
        var first = (await ExternalAsync("abc", Roles.Editor))!;
        foreach (var subject in (string[])["ABC", "abc "])
            Assert.NotEqual(first.Id, (await ExternalAsync(subject, Roles.Editor, $"x{subject.Length}{subject[0]}@example.com"))?.Id);
    }

    [Fact]
    public async Task An_address_that_is_invited_twice_at_once_has_one_invitation_and_its_link_makes_one_account()
    {
        await SetUpAsync();
        var input = new InvitationInput("ada@example.com", new AccountInput(Roles.Viewer));
        var tokens = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Get<AccountService>().InviteAsync(input, new Actor("op"), Stop), Stop)));
        Assert.Single(await Get<AccountQueries>().InvitationsAsync(Stop));
        var results = await Task.WhenAll(tokens.Concat(tokens).Select(token => Task.Run(() => Get<Invitations>().AcceptAsync(token, Password, Stop), Stop)));
        Assert.Single(results, r => r.UserId is not null);
        Assert.All(results, r => Assert.Null(r.PasswordProblem));
        await Assert.ThrowsAsync<InvalidInputException>(() => Get<AccountService>().InviteAsync(input, new Actor("op"), Stop));
    }

    [Fact]
    public async Task Changes_of_one_account_at_the_same_moment_all_succeed()
    {
        await SetUpAsync();
        var user = await AddAsync("ada@example.com", Roles.Viewer);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => Record.ExceptionAsync(() => (i % 3) switch
        {
            0 => Get<AccountService>().ChangeAsync(user.Id, new AccountInput(Roles.Editor), Stop),
            1 => Get<AccountService>().SetOnAsync(user.Id, isOn: i > 3, Stop),
            _ => Get<AccountService>().ResetSecondFactorAsync(user.Id, Stop),
        }).AsTask(), Stop)));
        Assert.All(outcomes, Assert.Null);
        Assert.Equal(Roles.Editor, (await AccountsAsync()).Single(a => a.Id == user.Id).Role);
    }

    private T Get<T>() where T : notnull => _app.Get<T>();

    private Task<IReadOnlyList<Account>> AccountsAsync() => Get<AccountQueries>().ListAsync(Stop);

    private async Task<User> SetUpAsync() => await FindAsync((await Get<FirstAccount>().CreateAsync("admin@example.com", Password, Stop)).UserId!.Value);

    private async Task<User> AddAsync(string email, string role)
    {
        var token = await Get<AccountService>().InviteAsync(new InvitationInput(email, new AccountInput(role)), new Actor("op"), Stop);
        return await FindAsync((await Get<Invitations>().AcceptAsync(token, Password, Stop)).UserId!.Value);
    }

    private async Task<User> FindAsync(Guid id)
    {
        await using var db = _app.Open();
        return await db.Users.AsNoTracking().SingleAsync(u => u.Id == id, Stop);
    }

    private Task<Session?> BeginAsync(User user) => Get<SessionStore>().BeginAsync(user, "", "", cancellationToken: Stop);

    private Task<User?> ExternalAsync(string subject, string role, string email = "grace@example.com") =>
        Get<ExternalAccounts>().SignInAsync(new ExternalIdentity(Provider, subject, email, IsEmailVerified: true, role), Stop);

    private async Task<(bool SeesPayloads, bool Redelivers)> SwitchesAsync()
    {
        var account = (await AccountsAsync()).Single(a => a.Email == "grace@example.com");
        return (account.MaySeePayloads, account.MayRedeliver);
    }

    private async Task EndAsync(string change, User user)
    {
        var service = Get<AccountService>();
        if (change == "a new password")
            Assert.Equal("", await Get<PasswordService>().ChangeAsync(user.Id, Password, Another, cancellationToken: Stop));
        else
            await (change switch
            {
                "another role" => service.ChangeAsync(user.Id, new AccountInput(Roles.Viewer), Stop),
                "switched off" => service.SetOnAsync(user.Id, isOn: false, Stop),
                "second factor reset" => service.ResetSecondFactorAsync(user.Id, Stop),
                _ => service.DeleteAsync(user.Id, Stop),
            });
    }
}

public sealed class SqliteAccountTests : AccountContract
{
    private protected override TestDatabase NewDatabase() => TestDatabase.Sqlite();
}

public sealed class SqlServerAccountTests : AccountContract
{
    private protected override TestDatabase NewDatabase() => TestDatabase.SqlServer();
}
