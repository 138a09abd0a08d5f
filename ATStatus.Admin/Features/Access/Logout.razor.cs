using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>Asks, then signs out: a link of somebody else's must not be able to.</summary>
public sealed partial class Logout
{
    [Inject]
    private SignInManager<User> SignIn { get; set; } = default!;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    private async Task SignOutAsync()
    {
        await SignIn.SignOutAsync();
        HttpContext.Response.Redirect(HttpContext.Request.PathBase.ToUriComponent() + "/login");
    }
}
