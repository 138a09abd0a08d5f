using ATStatus.Core.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>Signs in with e-mail address and password.</summary>
public sealed partial class Login
{
    private string? _error;

    [Inject]
    private SignInManager<User> SignIn { get; set; } = default!;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "login")]
    private Form Input { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "returnUrl")]
    private string? Return { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Input ??= new Form();
        if (HttpMethods.IsGet(HttpContext.Request.Method) && HttpContext.User.Identity?.IsAuthenticated == true)
            Leave();
    }

    private async Task SignInAsync()
    {
        var user = await SignIn.UserManager.FindByNameAsync(Input.Email?.Trim() ?? "");
        if (user is null)
        {
            // Hashing takes most of the time: without it the answer for an unknown account would come sooner.
            SignIn.UserManager.PasswordHasher.HashPassword(new User(), Input.Password ?? "");
            _error = Wrong;
            return;
        }
        var result = await SignIn.PasswordSignInAsync(user, Input.Password ?? "", isPersistent: false, lockoutOnFailure: true);
        if (result.Succeeded)
            Leave();
        else
            _error = result.IsLockedOut ? "Too many failed attempts. Wait five minutes and try again." : Wrong;
    }

    private const string Wrong = "Email or password is wrong.";

    // By hand, for a path alone: NavigationManager would write this host's name, which a proxy may hide.
    private void Leave() => HttpContext.Response.Redirect(HttpContext.Request.PathBase.ToUriComponent() + ReturnUrl.LocalOrOverview(Return));

    private sealed class Form
    {
        public string? Email { get; set; }

        public string? Password { get; set; }
    }
}
