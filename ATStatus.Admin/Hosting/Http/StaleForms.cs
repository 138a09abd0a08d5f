using Microsoft.AspNetCore.Antiforgery;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>
/// A static page's form whose token does not fit: the page was opened before somebody signed in or out in another tab, or the keys were
/// lost. Nothing of it is done; the page is shown again, with a fresh token and a note.
/// </summary>
internal static class StaleForms
{
    /// <summary>Stands behind the check of tokens.</summary>
    public static void UseStaleForms(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.IsStaticPage() && HttpMethods.IsPost(context.Request.Method) && context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
        {
            // The framework hands no field out before this is gone.
            context.Features.Set<IAntiforgeryValidationFeature>(null);
            var fields = context.Request.HasFormContentType ? context.Request.Form : null;
            // What never had a token comes from no page of ours.
            if (fields?.ContainsKey(TokenField) != true)
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
            context.Features.Set(new StaleForm(fields?["Input.Email"].ToString()));
            context.Request.Method = HttpMethods.Get;
        }
        return next(context);
    });

    /// <summary>What is known of the stale form that was sent; null for any other request.</summary>
    public static StaleForm? StaleForm(this HttpContext context) => context.Features.Get<StaleForm>();

    private const string TokenField = "__RequestVerificationToken";
}

/// <summary>A form that came too late.</summary>
/// <param name="Email">The address that was typed into it, if any.</param>
internal sealed record StaleForm(string? Email);
