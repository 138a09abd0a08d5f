using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace ATStatus.Admin.Components;

/// <summary>The HTML document around every page.</summary>
public sealed partial class App
{
    // Without prerendering a page's code runs once, on the circuit; sign-in and set-up set cookies and so stay static.
    private static readonly InteractiveServerRenderMode Interactive = new(prerender: false);

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private IComponentRenderMode? PageRenderMode => HttpContext.AcceptsInteractiveRouting() ? Interactive : null;

    // The path alone: behind a proxy that hides scheme or host every link still works.
    private string BasePath => new Uri(Navigation.BaseUri).AbsolutePath;
}
