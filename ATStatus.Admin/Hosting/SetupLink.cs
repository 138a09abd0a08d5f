using ATStatus.Admin.Features.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Admin.Hosting.Http;
using ATStatus.Core.Access;
using ATStatus.Core.Access.Passwords;

namespace ATStatus.Admin.Hosting;

/// <summary>
/// Brings a fresh install to its first account: makes the configured one, or prints the set-up link. In Development, and where the console was
/// started with <c>--open</c>, a browser on this machine also finds a link on the sign-in page.
/// </summary>
internal sealed class SetupLink(
    AdminSettings settings, FirstAccount account, SetupTokens tokens, StartOutput output, StartMode mode, IHostEnvironment environment)
{
    // An account is never the last one that goes, so this is not asked again.
    private volatile bool _isDone;

    /// <summary>Makes the account of <c>Admin:Email</c> and <c>Admin:Password</c>, if there is none yet. Needs the database.</summary>
    /// <exception cref="StartRefusedException">The password or the address is refused.</exception>
    public async Task CreateConfiguredAccountAsync(CancellationToken cancellationToken)
    {
        if (settings.FirstAccount is not { } wanted || !await account.IsMissingAsync(cancellationToken))
            return;
        var result = await account.CreateAsync(wanted.Email, wanted.Password, cancellationToken);
        if (result.PasswordProblem is { } password)
            throw new StartRefusedException($"Admin:Password takes at least {PasswordRules.MinLength} characters and no common password: {password}");
        if (result.EmailProblem is { } email)
            throw new StartRefusedException($"Admin:Email takes an e-mail address: {email}");
    }

    /// <summary>Prints the link while there is no account. Needs the addresses the server listens on.</summary>
    public async Task PrintAsync(IEnumerable<string> addresses, CancellationToken cancellationToken)
    {
        if (!await IsMissingAsync(cancellationToken))
            return;
        var link = $"{RootOf(addresses)}/{PageOf(tokens.Create())}";
        var frame = new string('-', 78);
        // Not through the log, which may be kept and shipped: the link is for whoever started the process.
        await output.Writer.WriteLineAsync(
            $"\n{frame}\nFirst start: create your account at {link}\n(good for 24 hours and for one account)\n{frame}\n");
        await output.Writer.FlushAsync(cancellationToken);
    }

    /// <summary>Whether there is no account yet.</summary>
    public async Task<bool> IsMissingAsync(CancellationToken cancellationToken)
    {
        if (_isDone)
            return false;
        var isMissing = await account.IsMissingAsync(cancellationToken);
        _isDone = !isMissing;
        return isMissing;
    }

    /// <summary>
    /// The set-up page as the sign-in page links to it, for whoever sits at this machine and could read the console's output as well; null for everybody
    /// else, and where the console is not started by hand. The link works from this machine alone.
    /// </summary>
    public string? OfferTo(HttpContext visitor) =>
        (mode.OpensBrowser || environment.IsDevelopment()) && ThisMachine.Sent(visitor) ? PageOf(tokens.CreateForThisMachine()) : null;

    /// <summary>Whether a token opens the set-up page to this visitor.</summary>
    public bool Accepts(string? token, HttpContext visitor) => tokens.IsValid(token, ThisMachine.Sent(visitor));

    /// <summary>What <c>--open</c> shows: the set-up page while there is no account, the console otherwise.</summary>
    public async Task<Uri> AddressToOpenAsync(IEnumerable<string> addresses, CancellationToken cancellationToken)
    {
        var root = new Uri(RootOf(addresses) + "/");
        if (!await IsMissingAsync(cancellationToken))
            return root;
        // Other accounts of the machine can read a browser's arguments: a link that opens nothing from elsewhere, wherever that is possible.
        return new Uri(root, PageOf(root.IsLoopback ? tokens.CreateForThisMachine() : tokens.Create()));
    }

    private string RootOf(IEnumerable<string> addresses) =>
        settings.Hosting.PublicUrl?.AbsoluteUri.TrimEnd('/') ?? $"{Reachable(addresses)}{settings.Hosting.PathBase}";

    private static string PageOf(string token) => $"setup?token={Uri.EscapeDataString(token)}";

    /// <summary>The first address as somebody at this machine can open it: a wildcard is no host name.</summary>
    internal static string Reachable(IEnumerable<string> addresses)
    {
        var address = addresses.OrderBy(a => a.StartsWith("https", StringComparison.OrdinalIgnoreCase)).FirstOrDefault() ?? "http://localhost:5000";
        var bound = BindingAddress.Parse(address);
        var host = bound.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : bound.Host;
        return $"{bound.Scheme}://{host}:{bound.Port}";
    }
}

/// <summary>How the console was started.</summary>
/// <param name="OpensBrowser">With <c>--open</c>.</param>
internal sealed record StartMode(bool OpensBrowser);

/// <summary>Where the set-up link is printed.</summary>
/// <param name="Writer">The console, but for tests.</param>
internal sealed record StartOutput(TextWriter Writer);
