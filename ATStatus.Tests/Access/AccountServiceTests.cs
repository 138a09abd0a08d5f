using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

public sealed class AccountServiceTests : IAsyncLifetime
{
    private ConsoleApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private AccountService Service => _app.Services.GetRequiredService<AccountService>();

    public async ValueTask InitializeAsync() => _app = await ConsoleApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_last_Admin_is_neither_removed_nor_demoted_nor_switched_off()
    {
        var admin = Assert.Single(await AccountsAsync());
        Func<Task>[] ways =
        [
            () => Service.DeleteAsync(admin.Id, Stop),
            () => Service.ChangeAsync(admin.Id, new AccountInput(Roles.Editor), Stop),
            () => Service.SetOnAsync(admin.Id, isOn: false, Stop),
        ];
        foreach (var way in ways)
            await Assert.ThrowsAsync<IllegalTransitionException>(way);
        // One that is switched off is none that could sign in.
        var other = await _app.AddUserAsync("other@example.com", ConsoleApp.AdminPassword, Roles.Admin);
        await Service.SetOnAsync(other.Id, isOn: false, Stop);
        foreach (var way in ways)
            await Assert.ThrowsAsync<IllegalTransitionException>(way);
        Assert.Equal(admin, (await AccountsAsync()).Single(a => a.Id == admin.Id));

        await Service.SetOnAsync(other.Id, isOn: true, Stop);
        await Service.DeleteAsync(admin.Id, Stop);
        Assert.Equal("other@example.com", Assert.Single(await AccountsAsync()).Email);
    }

    [Fact]
    public async Task What_a_sign_in_had_read_before_does_not_undo_a_change()
    {
        var user = await _app.AddUserAsync("ada@example.com", ConsoleApp.AdminPassword, Roles.Editor);
        await using var scope = _app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var read = (await users.FindByIdAsync(user.Id.ToString()))!;

        await Service.SetOnAsync(user.Id, isOn: false, Stop);

        Assert.False((await users.UpdateAsync(read)).Succeeded);
        Assert.False((await AccountsAsync()).Single(a => a.Id == user.Id).IsOn);
    }

    [Fact]
    public async Task Of_two_Admins_who_remove_each_other_at_once_one_stays()
    {
        var first = Assert.Single(await AccountsAsync());
        for (var round = 0; round < 10; round++)
        {
            var second = await _app.AddUserAsync($"admin{round}@example.com", ConsoleApp.AdminPassword, Roles.Admin);
            var outcomes = await Task.WhenAll(
                Record.ExceptionAsync(() => Service.ChangeAsync(first.Id, new AccountInput(Roles.Viewer), Stop)).AsTask(),
                Record.ExceptionAsync(() => Service.DeleteAsync(second.Id, Stop)).AsTask());
            Assert.IsType<IllegalTransitionException>(Assert.Single(outcomes, o => o is not null));
            var left = Assert.Single(await AccountsAsync(), a => a is { Role: Roles.Admin, IsOn: true });
            if (left.Id == first.Id)
                continue;
            await Service.MakeAdminAsync(first.Id, Stop);
            await Service.DeleteAsync(second.Id, Stop);
        }
    }

    [Fact]
    public async Task What_is_wrong_with_an_invitation_is_said_beside_its_field()
    {
        await AssertRefusedAsync(new InvitationInput("no address", new AccountInput(Roles.Viewer)), nameof(InvitationInput.Email));
        await AssertRefusedAsync(new InvitationInput("", new AccountInput(Roles.Viewer)), nameof(InvitationInput.Email));
        await AssertRefusedAsync(new InvitationInput($"{new string('a', 260)}@example.com", new AccountInput(Roles.Viewer)), nameof(InvitationInput.Email));
        await AssertRefusedAsync(new InvitationInput("ADMIN@example.com", new AccountInput(Roles.Viewer)), nameof(InvitationInput.Email));
        await AssertRefusedAsync(new InvitationInput("ada@example.com", new AccountInput("Owner")), nameof(AccountInput.Role));
        Assert.Empty(await Queries.InvitationsAsync(Stop));
    }

    [Fact]
    public async Task A_second_invitation_of_an_address_replaces_the_first_and_one_that_is_withdrawn_is_worthless()
    {
        var invitations = _app.Services.GetRequiredService<Invitations>();
        var first = await Service.InviteAsync(new InvitationInput("ada@example.com", new AccountInput(Roles.Viewer)), new Actor("op"), Stop);
        var second = await Service.InviteAsync(new InvitationInput("Ada@Example.com", new AccountInput(Roles.Editor, MayRedeliver: true)), new Actor("op"), Stop);
        Assert.Null(await invitations.FindAsync(first, Stop));
        Assert.NotNull(await invitations.FindAsync(second, Stop));
        await Service.WithdrawAsync(Assert.Single(await Queries.InvitationsAsync(Stop)).Id, Stop);
        Assert.Null(await invitations.FindAsync(second, Stop));
        Assert.Null((await invitations.AcceptAsync(second, "a long enough password", Stop)).UserId);
    }

    private AccountQueries Queries => _app.Services.GetRequiredService<AccountQueries>();

    private Task<IReadOnlyList<Account>> AccountsAsync() => Queries.ListAsync(Stop);

    private async Task AssertRefusedAsync(InvitationInput input, string field)
    {
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => Service.InviteAsync(input, new Actor("op"), Stop));
        Assert.Equal([field], refused.Errors.Keys);
    }
}
