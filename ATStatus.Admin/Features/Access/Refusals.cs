using System.Globalization;

namespace ATStatus.Admin.Features.Access;

/// <summary>Refusals of the static forms that end by themselves: a status 429 that says for how long, on the form's page.</summary>
internal static class Refusals
{
    /// <summary>Sets status and header.</summary>
    /// <returns>When to come again, in words: "in 40 seconds".</returns>
    public static string RefuseFor(this HttpContext context, TimeSpan delay)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(delay.TotalSeconds));
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return seconds switch
        {
            1 => "in a second",
            <= 90 => string.Create(CultureInfo.InvariantCulture, $"in {seconds} seconds"),
            _ => string.Create(CultureInfo.InvariantCulture, $"in {(seconds + 59) / 60} minutes"),
        };
    }
}
