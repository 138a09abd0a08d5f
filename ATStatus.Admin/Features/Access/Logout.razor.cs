using ATStatus.Admin.Hosting.Access;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Access;

/// <summary>Asks, then signs out: a link of somebody else's must not be able to.</summary>
public sealed partial class Logout
{
    [Inject]
    private SessionSignIn Session { get; set; } = default!;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    private async Task SignOutAsync()
    {
        await Session.EndAsync(HttpContext);
        HttpContext.Response.Redirect(HttpContext.Request.PathBase.ToUriComponent() + "/login");
    }
}
