using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Access;

/// <summary>The own account: password, second factor and sessions.</summary>
public sealed partial class AccountPage
{
    private FormSubmission _password = default!;
    private IReadOnlyList<Session> _sessions = [];
    private SecondFactor _factor = new(false, 0, []);
    private ElementReference _heading;
    private string? _current;
    private string? _new;
    private string? _repeat;

    [SupplyParameterFromQuery(Name = "changed")]
    private string? ChangedThing { get; set; }

    [Inject]
    private OwnPassword Password { get; set; } = default!;

    [Inject]
    private SecondFactorService Factors { get; set; } = default!;

    [Inject]
    private OwnSessions Sessions { get; set; } = default!;

    [Inject]
    private SessionStore Store { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        _password = NewForm().Judging(() => new { CurrentPassword = _current, NewPassword = _new, RepeatPassword = _repeat });
        FollowChanges(Store.Changes);
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _sessions = await Sessions.ListAsync(Gone);
        if (User.Id is { } id)
            _factor = await Factors.FindAsync(id, Gone);
    }

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender || ChangedThing != "password")
            return;
        ShowSaved("Password changed");
        Navigation.NavigateTo("account", replace: true);
    }

    private Task<bool> ChangePasswordAsync() => _password.RunAsync(
        async () =>
        {
            var check = new InputCheck();
            check.Require(!string.IsNullOrEmpty(_current), "CurrentPassword", "Enter your current password.");
            var (password, repeat) = NewPasswordFields.Problems(_new, _repeat);
            check.Require(password is null, "NewPassword", password ?? "");
            check.Require(repeat is null, "RepeatPassword", repeat ?? "", "NewPassword");
            check.ThrowIfInvalid();
            var result = await Password.ChangeAsync(_current!, _new!);
            check.Require(result.CurrentProblem is null, "CurrentPassword", result.CurrentProblem ?? "");
            check.Require(result.PasswordProblem is null, "NewPassword", result.PasswordProblem ?? "");
            check.ThrowIfInvalid();
            if (result.Problem is { } problem)
                throw new IllegalTransitionException(problem);
        },
        leaves: true);

    private async Task SignOutAsync(Session session)
    {
        if (!await Sessions.SignOutAsync(session.Id))
            ShowProblem("Could not sign out: the database cannot be written.");
        if (!User.IsSignedIn)
            return;
        await ReloadAsync();
        // The button that had the focus is gone.
        await _heading.FocusAsync();
    }

    private async Task SignOutEverywhereAsync()
    {
        if (await Confirm.AskAsync("Sign out everywhere?", "All your sessions end, this one too.", "Sign out everywhere") && !await Sessions.SignOutEverywhereAsync())
            ShowProblem("Could not sign out: the database cannot be written.");
    }
}
