using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>Gives an account a new password, for whoever has the link that <c>--reset-password</c> printed.</summary>
public sealed partial class ResetPassword
{
    private User? _user;
    private string? _error;
    private string? _passwordError;
    private string? _repeatError;

    [Inject]
    private PasswordResets Resets { get; set; } = default!;

    [Inject]
    private PasswordService Passwords { get; set; } = default!;

    [Inject]
    private PasswordSignIn SignIn { get; set; } = default!;

    [Inject]
    private PasswordChecks Checks { get; set; } = default!;

    [Inject]
    private KnownBrowsers Browsers { get; set; } = default!;

    [Inject]
    private UserManager<User> Users { get; set; } = default!;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "reset-password")]
    private Form Input { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? Token { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new Form();
        Use(await Resets.FindAsync(Token, Users));
    }

    private async Task SetPasswordAsync()
    {
        if (_user is not { } user)
            return;
        (_passwordError, _repeatError) = NewPasswordFields.Problems(Input.Password, Input.Repeat);
        if (_passwordError is not null || _repeatError is not null)
            return;
        using (var place = await Checks.EnterAsync(HttpContext, trusted: true))
        {
            if (!place.IsAcquired)
            {
                _error = $"The server is busy. Try again {HttpContext.RefuseFor(PasswordChecks.RetryAfter)}.";
                return;
            }
            // Who has the link is its account's owner.
            using var actor = AuditActor.Use(AuditActor.OfUser(user.Id, user.Email ?? "", SessionPrincipal.AddressOf(HttpContext)));
            _passwordError = await Passwords.SetAsync(user, Input.Password!);
        }
        if (_passwordError is null)
        {
            Use(null);
        }
        else if (_passwordError.Length == 0)
        {
            SignIn.Unlock(user);
            Browsers.Remember(HttpContext, user);
            HttpContext.Response.Redirect(HttpContext.Request.PathBase.ToUriComponent() + "/login?reset=done");
        }
    }

    private void Use(User? user)
    {
        _user = user;
        if (user is null)
            HttpContext.Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    private sealed class Form
    {
        public string? Password { get; set; }

        public string? Repeat { get; set; }
    }
}
