using System.Globalization;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;

namespace ATStatus.Admin.Api.Http;

/// <summary>How endpoints answer.</summary>
internal static class Answers
{
    /// <summary>Who calls, as timelines name them.</summary>
    public static Actor Actor(this HttpContext context) => new(context.User.Identity?.Name ?? "API key");

    /// <summary>An object.</summary>
    public static IResult One<T>(this HttpContext context, T answer, int? version = null) => Shown(context, answer, StatusCodes.Status200OK, version);

    /// <summary>An object that was made.</summary>
    /// <param name="path">Where it is, below <c>/api/v1</c>.</param>
    public static IResult Made<T>(this HttpContext context, FormattableString path, T answer, int? version = null)
    {
        context.Response.Headers.Location = $"{context.Request.PathBase.ToUriComponent()}{ApiEndpoints.Root}{path.ToString(CultureInfo.InvariantCulture)}";
        return Shown(context, answer, StatusCodes.Status201Created, version);
    }

    /// <summary>What a change would raise, where nothing is written: events that are told to nobody are none.</summary>
    public static PreviewAnswer Preview(IReadOnlyList<PlannedEvent> events) => new([.. events.Select(PreviewedEvent.Of)]);

    private static IResult Shown<T>(HttpContext context, T answer, int status, int? version)
    {
        if (version is { } seen)
            context.ShowVersion(seen);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(answer, statusCode: status);
    }
}
