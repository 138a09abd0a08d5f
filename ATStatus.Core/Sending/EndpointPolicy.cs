namespace ATStatus.Core.Sending;

/// <summary>What <see cref="EndpointPolicy"/> says about a URL. All texts are for the form.</summary>
/// <param name="Uri">The URL as it should be stored: trimmed, host in ASCII form; null when it is no acceptable URL at all.</param>
/// <param name="Errors">Why it cannot be saved.</param>
/// <param name="Warnings">What the admin should know; it can be saved nevertheless.</param>
public sealed record EndpointCheck(Uri? Uri, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings)
{
    public bool IsAcceptable => Errors.Count == 0;

    internal static EndpointCheck Wrong(string error) => new(null, [error], []);
}

/// <summary>
/// What the form asks before a webhook's URL is saved. It is advice in good time: the guard of <see cref="OutboundHttp"/> judges again at
/// each connection, for names can point somewhere else by then.
/// </summary>
/// <param name="options">Whether plain HTTP is refused.</param>
/// <param name="endpoints">Receivers inside this process, which need no address.</param>
/// <param name="time">The clock of the look-up's limit.</param>
public sealed class EndpointPolicy(
    WebhookOptions options, AddressGuard guard, INameResolver resolver, IEnumerable<IInProcessEndpoint> endpoints, TimeProvider time)
{
    /// <summary>The longest URL that is accepted, in characters.</summary>
    public const int MaxLength = 2048;

    private static readonly TimeSpan LookupLimit = TimeSpan.FromSeconds(3);
    private readonly GuardedLookup _lookup = new(resolver, guard);
    private readonly IInProcessEndpoint[] _endpoints = [.. endpoints];

    /// <summary>
    /// All that can be said about <paramref name="url"/>: <see cref="ParseUrl"/>, and whether its host is, or resolves to, a guarded address
    /// (an error that names <c>Webhooks:AllowedNetworks</c>). A name that does not resolve within 3 seconds is a warning.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async Task<EndpointCheck> CheckAsync(string? url, CancellationToken cancellationToken)
    {
        var check = ParseUrl(url);
        if (check.Uri is null || !check.IsAcceptable || InProcessHandler.Find(_endpoints, check.Uri) is not null) return check;

        using var limit = new CancellationTokenSource(LookupLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _lookup.FindAsync(check.Uri.IdnHost, either.Token);
            return check;
        }
        catch (AddressRefusedException refused)
        {
            return check with { Errors = [refused.Message] };
        }
        catch (Exception error) when (error is NameNotResolvedException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return check with { Warnings = [.. check.Warnings, Unresolved(check.Uri)] };
        }
    }

    /// <summary>
    /// What can be said without the network: an absolute http or https URL of at most 2048 characters with a host, without user info,
    /// fragment or blanks, and none that was masked (<see cref="MaskedUrl"/>). <c>http</c> is an error with <see cref="WebhookOptions.RequireHttps"/>, otherwise a warning.
    /// </summary>
    public EndpointCheck ParseUrl(string? url)
    {
        var check = Parse(url?.Trim() ?? "");
        // Beside an error too: it is often the reason.
        return InvisibleCharacters.WarningOf(url) is { } warning ? check with { Warnings = [warning, .. check.Warnings] } : check;
    }

    private EndpointCheck Parse(string text)
    {
        if (text.Length == 0) return EndpointCheck.Wrong("Enter a URL.");
        if (text.Length > MaxLength) return TooLong();
        if (text.Contains('…', StringComparison.Ordinal))
            return EndpointCheck.Wrong("The URL is shortened (…). Enter the whole URL.");
        if (text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\'))
            return EndpointCheck.Wrong("The URL contains a blank, a control character or a backslash.");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            return EndpointCheck.Wrong("The URL must be complete and begin with https:// or http://.");
        if (HasUserInfo(text)) return EndpointCheck.Wrong("The URL must not contain a user name or password.");
        if (text.Contains('#', StringComparison.Ordinal)) return EndpointCheck.Wrong("The URL must not have a fragment (#…).");
        if (WithAsciiHost(uri) is not { } normalised || normalised.Port == 0)
            return EndpointCheck.Wrong("The URL's host name or port is not valid.");
        if (normalised.AbsoluteUri.Length > MaxLength) return TooLong();

        if (normalised.Scheme == Uri.UriSchemeHttps) return new(normalised, [], []);
        return options.RequireHttps
            ? new(normalised, ["The URL must begin with https:// because Webhooks:RequireHttps is on."], [])
            : new(normalised, [], ["The URL is not encrypted: payloads and headers can be read on the way. Use https:// if you can."]);
    }

    private static EndpointCheck TooLong() => EndpointCheck.Wrong($"The URL is longer than {MaxLength} characters.");

    private string Unresolved(Uri uri) => options.Proxy is null
        ? $"The host name {uri.IdnHost} could not be resolved now; deliveries fail until it can be."
        : $"The host name {uri.IdnHost} could not be resolved here; the proxy has to.";

    // Uri drops an empty user info ("https://@host/") from UserInfo but not from what it sends people to read.
    private static bool HasUserInfo(string text)
    {
        var authority = text[(text.IndexOf(':', StringComparison.Ordinal) + 3)..];
        var end = authority.AsSpan().IndexOfAny('/', '?', '#');
        return (end < 0 ? authority : authority[..end]).Contains('@', StringComparison.Ordinal);
    }

    /// <summary>The URL with its host as DNS knows it, so that what is shown is what is dialled; null when the host has no such form.</summary>
    private static Uri? WithAsciiHost(Uri uri)
    {
        try
        {
            var host = uri.IdnHost;
            // A zone (%eth0) means something on one machine only, and Uri forgets it when it is written down.
            if (host.Contains('%', StringComparison.Ordinal) || Uri.CheckHostName(host) == UriHostNameType.Unknown) return null;
            return uri.HostNameType == UriHostNameType.IPv6 || host == uri.Host ? uri : new UriBuilder(uri) { Host = host }.Uri;
        }
        catch (UriFormatException)
        {
            // E.g. "℀.com", which IDNA would turn into "a/c.com".
            return null;
        }
    }
}
