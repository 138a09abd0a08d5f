using ATStatus.Admin.Api.Bodies;
using ATStatus.Admin.Api.Http;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;

namespace ATStatus.Admin.Api.Sending;

/// <summary>Whether events are sent.</summary>
/// <param name="IsPaused">All sending is paused: what happens is queued.</param>
/// <param name="PausedAt">Since when; null while it is not.</param>
/// <param name="PausedBy">Who paused it.</param>
/// <param name="Waiting">How many deliveries wait.</param>
public sealed record SendingAnswer(bool IsPaused, [property: Instant] string? PausedAt, string? PausedBy, int Waiting)
{
    internal static SendingAnswer Of(PausedSending? paused) => new(paused is not null, Times.Text(paused?.At), paused?.By, paused?.Waiting ?? 0);
}

/// <summary>The switch that pauses all sending.</summary>
internal static class SendingEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var sending = api.MapResource("/sending", "Notifications");
        sending.MapGet("", GetAsync).Reads<SendingAnswer>("getSending", ApiScopes.ReadNotifications).WithSummary("Whether all sending is paused");
        sending.MapPost("/pause", PauseAsync).Writes<SendingAnswer>("pauseSending", ApiScopes.WriteNotifications).WithSummary("Pause all sending");
        sending.MapPost("/resume", ResumeAsync).Writes<SendingAnswer>("resumeSending", ApiScopes.WriteNotifications)
            .WithSummary("Let everything that waits go on, in its order");
    }

    private static async Task<IResult> GetAsync(HttpContext http, SendingPauseQueries sending) => http.One(SendingAnswer.Of(await sending.FindAsync()));

    private static async Task<IResult> PauseAsync(HttpContext http, SendingPauseService service, SendingPauseQueries sending)
    {
        if (http.IsPreview())
            throw new PreviewedException([]);
        await service.PauseAsync(http.Actor());
        return http.One(SendingAnswer.Of(await sending.FindAsync()));
    }

    private static async Task<IResult> ResumeAsync(HttpContext http, SendingPauseService service, SendingPauseQueries sending)
    {
        if (http.IsPreview())
            throw new PreviewedException([]);
        await service.ResumeAsync();
        return http.One(SendingAnswer.Of(await sending.FindAsync()));
    }
}
