using System.Data.Common;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access;

/// <summary>What was answered to a request.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">Headers, one <c>Name: value</c> a line.</param>
/// <param name="Body">The body.</param>
public sealed record StoredAnswer(int Status, string Headers, byte[] Body);

/// <summary>What is to be done about a request that came with a key.</summary>
public abstract record IdempotencyTurn
{
    /// <summary>It is to be carried out; what was begun is <see cref="Request"/>.</summary>
    public sealed record Begun(IdempotentRequest Request) : IdempotencyTurn;

    /// <summary>It was carried out and is answered again.</summary>
    public sealed record Repeated(StoredAnswer Answer) : IdempotencyTurn;

    /// <summary>The same is under way.</summary>
    public sealed record UnderWay : IdempotencyTurn;

    /// <summary>The key was used for another request.</summary>
    public sealed record OtherRequest : IdempotencyTurn;

    /// <summary>It was carried out, and its answer was lost with the process that gave it.</summary>
    public sealed record AnswerLost : IdempotencyTurn;
}

/// <summary>Keeps requests that must not be carried out twice, and their answers, for a day.</summary>
public sealed class IdempotencyStore(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time)
{
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromHours(1);
    private long _cleanedAt = time.GetTimestamp();

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Takes a request on, or says what became of it.</summary>
    /// <param name="hash">Which request; see <see cref="IdempotentRequest.Hash"/>.</param>
    /// <param name="bodyHash">What it says; see <see cref="IdempotentRequest.BodyHash"/>.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async Task<IdempotencyTurn> BeginAsync(byte[] hash, byte[] bodyHash, CancellationToken cancellationToken)
    {
        await CleanAsync(cancellationToken);
        while (true)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var now = Now;
            if (await db.IdempotentRequests.SingleOrDefaultAsync(r => r.Hash == hash, cancellationToken) is not { } known)
            {
                var request = new IdempotentRequest { Hash = hash, BodyHash = bodyHash, Token = Guid.NewGuid(), StartedAt = now, TakenAt = now };
                db.IdempotentRequests.Add(request);
                try
                {
                    await db.SaveChangesAsync(cancellationToken);
                    return new IdempotencyTurn.Begun(request);
                }
                catch (DbUpdateException e) when (e.InnerException is DbException && DatabaseFaults.Of(e) is null)
                {
                    // The same came at the same moment, and was quicker: it is looked at.
                    continue;
                }
            }
            if (known.StartedAt <= now - IdempotentRequest.Kept)
            {
                await db.IdempotentRequests.Where(r => r.Id == known.Id).ExecuteDeleteAsync(cancellationToken);
                continue;
            }
            if (!known.BodyHash.AsSpan().SequenceEqual(bodyHash))
                return new IdempotencyTurn.OtherRequest();
            if (known.Status is { } status)
                return new IdempotencyTurn.Repeated(new StoredAnswer(status, known.Headers ?? "", known.Body ?? []));
            if (known.TakenAt > now - IdempotentRequest.Lease)
                return new IdempotencyTurn.UnderWay();
            if (known is { CommittedAt: not null, Result: null })
                return new IdempotencyTurn.AnswerLost();
            (known.Token, known.TakenAt) = (Guid.NewGuid(), now);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return new IdempotencyTurn.Begun(known);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Somebody else has taken it over.
            }
        }
    }

    /// <summary>Lets what is awaited from here on carry the request out.</summary>
    public RequestMark Mark(IdempotentRequest request) => new(request, Now);

    /// <summary>Keeps the answer.</summary>
    public async Task AnswerAsync(IdempotentRequest request, StoredAnswer answer)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.IdempotentRequests.Where(r => r.Id == request.Id && r.Token == request.Token).ExecuteUpdateAsync(row => row
            .SetProperty(r => r.Status, answer.Status).SetProperty(r => r.Headers, answer.Headers).SetProperty(r => r.Body, answer.Body));
    }

    /// <summary>Forgets a request that was not carried out, so that it can be sent again. One whose change is committed is kept.</summary>
    public async Task ForgetAsync(IdempotentRequest request)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.IdempotentRequests.Where(r => r.Id == request.Id && r.Token == request.Token && r.CommittedAt == null).ExecuteDeleteAsync();
    }

    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        var seen = Interlocked.Read(ref _cleanedAt);
        if (time.GetElapsedTime(seen) < CleaningInterval || Interlocked.CompareExchange(ref _cleanedAt, time.GetTimestamp(), seen) != seen)
            return;
        var until = Now - IdempotentRequest.Kept;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.IdempotentRequests.Where(r => r.StartedAt <= until).ExecuteDeleteAsync(cancellationToken);
    }
}
