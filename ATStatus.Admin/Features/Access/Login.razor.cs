using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Http;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Access;

/// <summary>Signs in with e-mail address and password.</summary>
public sealed partial class Login
{
    private string? _error;

    [Inject]
    private PasswordSignIn SignIn { get; set; } = default!;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "login")]
    private Form Input { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "returnUrl")]
    private string? Return { get; set; }

    [SupplyParameterFromQuery(Name = "reset")]
    private string? Reset { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Input ??= new Form { Email = HttpContext.StaleForm()?.Email };
        if (HttpMethods.IsGet(HttpContext.Request.Method) && HttpContext.User.Identity?.IsAuthenticated == true && HttpContext.StaleForm() is null)
            Leave();
    }

    private async Task SignInAsync()
    {
        switch (await SignIn.TryAsync(HttpContext, Input.Email ?? "", Input.Password ?? ""))
        {
            case PasswordSignInResult.Succeeded:
                Leave();
                break;
            case PasswordSignInResult.TooManyFailures(var delay):
                _error = $"Too many failed attempts. Try again {HttpContext.RefuseFor(delay)}.";
                break;
            case PasswordSignInResult.Busy:
                _error = $"Too many people are signing in right now. Try again {HttpContext.RefuseFor(PasswordChecks.RetryAfter)}.";
                break;
            case PasswordSignInResult.SwitchedOff:
                _error = "This account is switched off. Ask an administrator.";
                break;
            default:
                _error = "Email or password is wrong.";
                break;
        }
    }

    // By hand, for a path alone: NavigationManager would write this host's name, which a proxy may hide.
    private void Leave() => HttpContext.Response.Redirect(HttpContext.Request.PathBase.ToUriComponent() + ReturnUrl.LocalOrOverview(Return));

    private sealed class Form
    {
        public string? Email { get; set; }

        public string? Password { get; set; }
    }
}
