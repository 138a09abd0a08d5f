using System.Globalization;
using System.Threading.RateLimiting;
using ATStatus.Admin.Hosting.Access;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>
/// Makes the static pages of strangers one after the other, on half of the cores: however many ask at once, the rest of the machine is
/// the console's. A page is made in memory and sent afterwards, and a password is looked at outside its turn, so that nobody slow keeps
/// the others waiting. Who is signed in or has been in this browser does not wait.
/// </summary>
internal sealed class StrangerPages(KnownBrowsers browsers) : IDisposable
{
    /// <summary>How many requests wait; more are refused.</summary>
    private const int QueueLength = 1000;

    private readonly ConcurrencyLimiter _turns = new(new()
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount / 2),
        QueueLimit = QueueLength,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for a turn.</summary>
    public async Task<StrangerTurn?> TakeAsync(CancellationToken cancellationToken)
    {
        var lease = await _turns.AcquireAsync(1, cancellationToken);
        return lease.IsAcquired ? new StrangerTurn(lease) : null;
    }

    /// <summary>Serves a request, in its turn where it is a stranger's.</summary>
    public async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.IsStaticPage() || context.User.Identity?.IsAuthenticated == true || browsers.IsKnown(context))
        {
            await next(context);
            return;
        }
        using var page = new MemoryStream();
        var body = context.Response.Body;
        using (var turn = await TakeAsync(context.RequestAborted))
        {
            if (turn is null)
            {
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = PasswordChecks.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                return;
            }
            context.Features.Set(turn);
            context.Response.Body = page;
            try
            {
                await next(context);
            }
            finally
            {
                context.Response.Body = body;
            }
        }
        page.Position = 0;
        await page.CopyToAsync(body, context.RequestAborted);
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}

/// <summary>A stranger's turn. It ends with the page, or earlier when the request begins to wait for something else.</summary>
internal sealed class StrangerTurn(RateLimitLease lease) : IDisposable
{
    /// <summary>Lets the next one go on.</summary>
    public void Dispose() => lease.Dispose();
}
