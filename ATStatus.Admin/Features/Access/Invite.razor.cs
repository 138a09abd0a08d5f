using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>Makes an account, for whoever has the link of an invitation.</summary>
public sealed partial class Invite
{
    private Invitation? _invitation;
    private string? _error;
    private string? _passwordError;
    private string? _repeatError;

    [Inject]
    private Invitations Invitations { get; set; } = default!;

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

    [SupplyParameterFromForm(FormName = "invite")]
    private Form Input { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? Token { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new Form();
        Use(await Invitations.FindAsync(Token, HttpContext.RequestAborted));
    }

    private async Task CreateAsync()
    {
        if (_invitation is null)
            return;
        (_passwordError, _repeatError) = NewPasswordFields.Problems(Input.Password, Input.Repeat);
        if (_passwordError is not null || _repeatError is not null)
            return;
        InvitationResult result;
        using (var place = await Checks.EnterAsync(HttpContext, trusted: true))
        {
            if (!place.IsAcquired)
            {
                _error = $"The server is busy. Try again {HttpContext.RefuseFor(PasswordChecks.RetryAfter)}.";
                return;
            }
            using var actor = AuditActor.Use(AuditActor.Visitor(SessionPrincipal.AddressOf(HttpContext)) with { Name = _invitation.Email });
            result = await Invitations.AcceptAsync(Token!, Input.Password!, HttpContext.RequestAborted);
        }
        if (result.UserId is { } id && await Users.FindByIdAsync(id.ToString()) is { } user)
        {
            await Session.BeginAsync(HttpContext, user);
            Browsers.Remember(HttpContext, user);
            HttpContext.Response.Redirect(HttpContext.Request.PathBase.ToUriComponent() + ReturnUrl.Overview);
        }
        else if (result.PasswordProblem is not null)
        {
            _passwordError = result.PasswordProblem;
        }
        else
        {
            Use(null);
        }
    }

    private void Use(Invitation? invitation)
    {
        _invitation = invitation;
        if (invitation is null)
            HttpContext.Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    private sealed class Form
    {
        public string? Password { get; set; }

        public string? Repeat { get; set; }
    }
}
