using System.Threading.RateLimiting;
using ATStatus.Admin.Hosting.Http;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// How many passwords are hashed at once. A hash is slow on purpose; without a limit a few connections with wrong passwords take every
/// core. Strangers have one place and a short queue; who shows a link of ours or comes with a known browser has another, so that
/// strangers do not keep them out.
/// </summary>
internal sealed class PasswordChecks : IDisposable
{
    /// <summary>How many wait for each place; more are refused.</summary>
    public const int QueueLength = 8;

    /// <summary>What is said to one who is refused.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly ConcurrencyLimiter _strangers = One(), _trusted = One();

    /// <summary>Waits for the place. The lease says whether it was got; dispose it when the hash is done.</summary>
    /// <param name="context">The request.</param>
    /// <param name="trusted">Whether it shows a link of ours or comes with a browser that is known to its account.</param>
    public async ValueTask<RateLimitLease> EnterAsync(HttpContext context, bool trusted)
    {
        var entering = EnterAsync(trusted, context.RequestAborted).AsTask();
        // Others' pages do not wait for this hash. A refusal is only a page.
        var isRefused = entering.IsCompletedSuccessfully && !(await entering).IsAcquired;
        if (!isRefused)
            context.Features.Get<StrangerTurn>()?.Dispose();
        return await entering;
    }

    /// <summary>The same outside a page.</summary>
    internal ValueTask<RateLimitLease> EnterAsync(bool trusted, CancellationToken cancellationToken) =>
        (trusted ? _trusted : _strangers).AcquireAsync(1, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _strangers.Dispose();
        _trusted.Dispose();
    }

    private static ConcurrencyLimiter One() =>
        new(new() { PermitLimit = 1, QueueLimit = QueueLength, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
}
