using ATStatus.Admin.Features.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Access;
using ATStatus.Core.Access.Passwords;

namespace ATStatus.Admin.Hosting;

/// <summary>Brings a fresh install to its first account: makes the configured one, or prints the set-up link.</summary>
internal sealed class SetupLink(AdminSettings settings, FirstAccount account, SetupTokens tokens, StartOutput output)
{
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
        if (!await account.IsMissingAsync(cancellationToken))
            return;
        var root = settings.Hosting.PublicUrl?.AbsoluteUri.TrimEnd('/') ?? $"{Reachable(addresses)}{settings.Hosting.PathBase}";
        var link = $"{root}/setup?token={Uri.EscapeDataString(tokens.Create())}";
        var frame = new string('-', 78);
        // Not through the log, which may be kept and shipped: the link is for whoever started the process.
        await output.Writer.WriteLineAsync(
            $"\n{frame}\nFirst start: create your account at {link}\n(good for 24 hours and for one account)\n{frame}\n");
        await output.Writer.FlushAsync(cancellationToken);
    }

    /// <summary>The first address as somebody at this machine can open it: a wildcard is no host name.</summary>
    internal static string Reachable(IEnumerable<string> addresses)
    {
        var address = addresses.OrderBy(a => a.StartsWith("https", StringComparison.OrdinalIgnoreCase)).FirstOrDefault() ?? "http://localhost:5000";
        var bound = BindingAddress.Parse(address);
        var host = bound.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : bound.Host;
        return $"{bound.Scheme}://{host}:{bound.Port}";
    }
}

/// <summary>Where the set-up link is printed.</summary>
/// <param name="Writer">The console, but for tests.</param>
internal sealed record StartOutput(TextWriter Writer);
