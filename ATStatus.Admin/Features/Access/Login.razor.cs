using ATStatus.Admin.Hosting;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Admin.Hosting.Http;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Access;

/// <summary>Signs in with e-mail address and password.</summary>
public sealed partial class Login
{
    private const string CodeStep = "code";
    private const string RecoveryStep = "recovery";

    private string? _error;
    private User? _second;
    private bool _isFresh;
    private string? _setupHref;

    [Inject]
    private PasswordSignIn SignIn { get; set; } = default!;

    [Inject]
    private AdminSettings Settings { get; set; } = default!;

    [Inject]
    private SecondStep Second { get; set; } = default!;

    [Inject]
    private SetupLink Setup { get; set; } = default!;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "login")]
    private Form Input { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "code")]
    private CodeForm CodeInput { get; set; } = default!;

    /// <summary>The second step: <c>code</c> or <c>recovery</c>.</summary>
    [SupplyParameterFromQuery(Name = "step")]
    private string? Step { get; set; }

    [SupplyParameterFromQuery(Name = "returnUrl")]
    private string? Return { get; set; }

    /// <summary>What became of signing in with the identity provider: <c>refused</c> or <c>failed</c>.</summary>
    [SupplyParameterFromQuery(Name = "external")]
    private string? External { get; set; }

    [SupplyParameterFromQuery(Name = "reset")]
    private string? Reset { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new Form { Email = HttpContext.StaleForm()?.Email };
        CodeInput ??= new CodeForm();
        if (HttpMethods.IsGet(HttpContext.Request.Method) && HttpContext.User.Identity?.IsAuthenticated == true && HttpContext.StaleForm() is null)
            Leave();
        else if (Step is CodeStep or RecoveryStep)
            _second = await Second.FindAsync(HttpContext);
        else
            await OfferSetupAsync();
    }

    private async Task OfferSetupAsync()
    {
        try
        {
            _isFresh = await Setup.IsMissingAsync(HttpContext.RequestAborted);
        }
        catch (Exception e) when (DatabaseFaults.Of(e) is not null)
        {
            // Signing in says what is wrong; the page is shown all the same.
        }
        _setupHref = _isFresh ? Setup.OfferTo(HttpContext) : null;
    }

    private async Task SignInAsync() => Take(await SignIn.TryAsync(HttpContext, Input.Email ?? "", Input.Password ?? ""), "Email or password is wrong.");

    private async Task VerifyAsync()
    {
        if (_second is not null)
            Take(await Second.TryAsync(HttpContext, _second, CodeInput.Code ?? "", Step == RecoveryStep), "This code is wrong or was used already.");
        else
            _error = "That took too long. Sign in again.";
    }

    private void Take(PasswordSignInResult result, string wrong)
    {
        switch (result)
        {
            case PasswordSignInResult.NeedsCode:
                HttpContext.Response.Redirect(HttpContext.Request.PathBase.ToUriComponent() + StepAddress(CodeStep));
                break;
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
                _error = wrong;
                break;
        }
    }

    private string StepAddress(string step) => "/login" + QueryString.Create(Return is null
        ? [KeyValuePair.Create<string, string?>("step", step)]
        : [KeyValuePair.Create<string, string?>("step", step), KeyValuePair.Create<string, string?>("returnUrl", Return)]).ToUriComponent();

    // By hand, for a path alone: NavigationManager would write this host's name, which a proxy may hide.
    private void Leave() => HttpContext.Response.Redirect(HttpContext.Request.PathBase.ToUriComponent() + ReturnUrl.LocalOrOverview(Return));

    private sealed class CodeForm
    {
        public string? Code { get; set; }
    }

    private sealed class Form
    {
        public string? Email { get; set; }

        public string? Password { get; set; }
    }
}
