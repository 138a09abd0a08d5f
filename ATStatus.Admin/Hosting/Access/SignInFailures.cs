using ATStatus.Core.Access.Audit;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>Counts attempts to sign in that failed for the audit trail, by whatever way: password, code, passkey, identity provider.</summary>
internal sealed partial class SignInFailures(FailedSignIns failed, ILogger<SignInFailures> logger)
{
    /// <summary>Counts one. A database that cannot be written does not change what the person is answered.</summary>
    /// <param name="user">The account; null where there is none of that name.</param>
    public async Task CountAsync(HttpContext context, User? user)
    {
        try
        {
            await failed.CountAsync(SessionPrincipal.AddressOf(context), user?.Email, CancellationToken.None);
        }
        catch (Exception e) when (DatabaseFaults.Of(e) is not null)
        {
            LogNotCounted();
        }
    }

    // That the database cannot be written is an error in the log already; a line for each attempt adds nothing to it.
    [LoggerMessage(LogLevel.Information, "A failed attempt to sign in is missing in the audit trail: the database could not be written.")]
    private partial void LogNotCounted();
}
