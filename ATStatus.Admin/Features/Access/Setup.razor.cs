using ATStatus.Admin.Hosting;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Http;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>Makes the first account of a fresh install, for whoever has the link from the console.</summary>
public sealed partial class Setup
{
    private Stage _stage;
    private string? _error;
    private string? _emailError;
    private string? _passwordError;
    private string? _repeatError;

    [Inject]
    private SetupLink Link { get; set; } = default!;

    [Inject]
    private FirstAccount FirstAccount { get; set; } = default!;

    [Inject]
    private UserManager<User> Users { get; set; } = default!;

    [Inject]
    private SessionSignIn Session { get; set; } = default!;

    [Inject]
    private PasswordChecks Checks { get; set; } = default!;

    [Inject]
    private KnownBrowsers Browsers { get; set; } = default!;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "setup")]
    private Form Input { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? Token { get; set; }

    private enum Stage
    {
        Form,
        Refused,
        Done,
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new Form { Email = HttpContext.StaleForm()?.Email };
        if (!await FirstAccount.IsMissingAsync(HttpContext.RequestAborted))
            Show(Stage.Done, StatusCodes.Status410Gone);
        else if (!Link.Accepts(Token, HttpContext))
            Show(Stage.Refused, StatusCodes.Status403Forbidden);
    }

    private async Task CreateAsync()
    {
        if (_stage != Stage.Form || !IsComplete())
            return;
        FirstAccountResult result;
        using (var place = await Checks.EnterAsync(HttpContext, trusted: true))
        {
            if (!place.IsAcquired)
            {
                _error = $"The server is busy. Try again {HttpContext.RefuseFor(PasswordChecks.RetryAfter)}.";
                return;
            }
            using var actor = AuditActor.Use(AuditActor.Visitor(SessionPrincipal.AddressOf(HttpContext)) with { Name = Input.Email!.Trim() });
            result = await FirstAccount.CreateAsync(Input.Email!.Trim(), Input.Password!, HttpContext.RequestAborted);
        }
        if (result.UserId is { } id && await Users.FindByIdAsync(id.ToString()) is { } user)
        {
            await Session.BeginAsync(HttpContext, user);
            Browsers.Remember(HttpContext, user);
            HttpContext.Response.Redirect(HttpContext.Request.PathBase.ToUriComponent() + ReturnUrl.Overview);
        }
        else if (result.Errors.Count == 0)
        {
            Show(Stage.Done, StatusCodes.Status410Gone);
        }
        else
        {
            (_emailError, _passwordError) = (result.EmailProblem, result.PasswordProblem);
        }
    }

    private bool IsComplete()
    {
        if (!EmailAddress.IsValid(Input.Email?.Trim() ?? ""))
            _emailError = "Enter an e-mail address.";
        (_passwordError, _repeatError) = NewPasswordFields.Problems(Input.Password, Input.Repeat);
        return _emailError is null && _passwordError is null && _repeatError is null;
    }

    private void Show(Stage stage, int status)
    {
        _stage = stage;
        HttpContext.Response.StatusCode = status;
    }

    private static string? Invalid(string? error) => error is null ? null : "true";

    private sealed class Form
    {
        public string? Email { get; set; }

        public string? Password { get; set; }

        public string? Repeat { get; set; }
    }
}
