using System.Globalization;
using ATStatus.Admin.Features.Access;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Users;

/// <summary>Accounts and invitations, for Admins.</summary>
public sealed partial class UserListPage
{
    private IReadOnlyList<Account> _accounts = [];
    private IReadOnlyList<Invitation> _invitations = [];
    private (IReadOnlyList<Account> First, IReadOnlyList<Invitation> Second) _shown = ([], []);
    private int _found;
    private UserDialog? _dialog;
    private LinkDialog? _link;
    private bool _busy;
    private bool _requiresSecondFactor;

    [Inject]
    private Permitted<AccountQueries> Queries { get; set; } = default!;

    [Inject]
    private Permitted<AccountService> Service { get; set; } = default!;

    [Inject]
    private Permitted<PasswordLinks> Links { get; set; } = default!;

    [Inject]
    private SessionStore Sessions { get; set; } = default!;

    /// <inheritdoc />
    protected override string? FoundText => ListPart.FoundText(_found, _accounts.Count + _invitations.Count, "user");

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        FollowChanges(Sessions.Changes);
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        var queries = Queries.Demand();
        (_accounts, _invitations) = (await queries.ListAsync(Gone), await queries.InvitationsAsync(Gone));
        var (accounts, invitations) = (Query.Of(_accounts), Query.Of(_invitations));
        (_found, _shown) = (accounts.Count + invitations.Count, ListPart.Take(accounts, invitations, Query.Offset));
        _requiresSecondFactor = await queries.RequiresSecondFactorAsync(Gone);
    }

    private Task InviteAsync() => _dialog!.InviteAsync();

    private Task EditAsync(Account account) => _dialog!.EditAsync(account);

    private async Task SwitchAsync(Account account, bool on)
    {
        await DoAsync(() => Service.Demand().SetOnAsync(account.Id, on), $"{account.Email} was switched {(on ? "on" : "off")}");
    }

    private async Task RequireAsync(bool required)
    {
        // Shown as it was switched first: only then is a refusal a change that switches it back.
        (_busy, _requiresSecondFactor) = (true, required);
        await Task.Yield();
        await DoAsync(
            () => Service.Demand().RequireSecondFactorAsync(required, User.SessionId),
            required ? "Everybody needs a second factor now" : "A second factor is no longer required");
    }

    private async Task ResetPasswordAsync(Account account)
    {
        try
        {
            var link = await Links.Demand().CreateAsync(account.Id, Navigation.BaseUri);
            await _link!.OpenAsync(
                $"Reset the password of {account.Email}", "Send this link to its owner. It is good for one hour, once, and is not shown again.", link);
        }
        catch (ProblemException e)
        {
            ShowProblem(e.Message);
        }
    }

    private async Task ResetSecondFactorAsync(Account account)
    {
        if (await Confirm.AskAsync(
            $"Reset the second factor of {account.Email}?", "Removes the authenticator, its recovery codes and all passkeys. The password stays.", "Reset", danger: true))
            await DoAsync(() => Service.Demand().ResetSecondFactorAsync(account.Id), $"The second factor of {account.Email} was reset");
    }

    private async Task SignOutAsync(Account account)
    {
        if (await Confirm.AskAsync($"Sign out {account.Email} everywhere?", "All sessions of this user end.", "Sign out"))
            await DoAsync(() => Service.Demand().SignOutAsync(account.Id), $"{account.Email} was signed out");
    }

    private async Task DeleteAsync(Account account)
    {
        if (await Confirm.AskAsync(
            $"Delete {account.Email}?", "The user is signed out and can no longer sign in. Timelines keep the name.", "Delete", danger: true))
            await DoAsync(() => Service.Demand().DeleteAsync(account.Id), $"{account.Email} was deleted");
    }

    private async Task WithdrawAsync(Invitation invitation)
    {
        if (await Confirm.AskAsync($"Withdraw the invitation of {invitation.Email}?", "The link stops working.", "Withdraw", danger: true))
            await DoAsync(() => Service.Demand().WithdrawAsync(invitation.Id), $"The invitation of {invitation.Email} was withdrawn");
    }

    private async Task DoAsync(Func<Task> change, string done)
    {
        _busy = true;
        try
        {
            await change();
            ShowSaved(done);
        }
        catch (ProblemException e)
        {
            ShowProblem(e.Message);
        }
        catch (Exception e) when (DatabaseFaults.Of(e) is { } fault)
        {
            ShowProblem(fault.DisplayText());
        }
        finally
        {
            _busy = false;
        }
        // An own account that was switched off has left by now.
        if (User.IsSignedIn)
            await ReloadAsync();
    }

    private static string Extras(Account account) => string.Join(
        ", ", new[] { account.MaySeePayloads ? "sees payloads" : null, account.MayRedeliver ? "redelivers" : null }.OfType<string>());

    private static string NameId(Account account) => string.Create(CultureInfo.InvariantCulture, $"user-{account.Id:N}");
}
