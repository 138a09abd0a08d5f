using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>
/// Reads the values of one section by hand, so that whatever is wrong is one line with the key and what it takes. The framework's binder
/// throws with the names of types, converts <c>10</c> to ten days, knows no ranges, and where it refuses a misspelt key it does not say
/// which there are.
/// </summary>
internal sealed class SettingsSection
{
    private static readonly char[] Separators = [',', ';', ' ', '\t', '\r', '\n'];
    private readonly IConfigurationSection _section;

    /// <summary>Opens a section and refuses keys it does not have.</summary>
    /// <exception cref="StartRefusedException">There is a key that is none of <paramref name="known"/>.</exception>
    public SettingsSection(IConfiguration configuration, string name, params string[] known)
    {
        _section = configuration.GetSection(name);
        foreach (var child in _section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                throw new StartRefusedException($"{name}:{Shown(child.Key)} is no setting; {name} takes {string.Join(", ", known)}.");
        }
    }

    /// <summary>The trimmed text; null when it is absent or blank.</summary>
    public string? Text(string key) => _section[key]?.Trim() is { Length: > 0 } text ? text : null;

    private static string Shown(TimeSpan duration)
    {
        var text = duration.ToString("c", CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) && duration.Days == 0 ? text.TrimEnd('0') : text;
    }

    /// <summary>A duration written hours:minutes:seconds. A bare number is refused: the framework would read it as days.</summary>
    public TimeSpan Duration(string key, TimeSpan absent, TimeSpan min, TimeSpan max)
    {
        if (Text(key) is not { } text)
            return absent;
        return text.Count(c => c == ':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max
            ? value
            : throw Wrong(key, $"a duration (hours:minutes:seconds) from {Shown(min)} to {Shown(max)}");
    }

    /// <summary>A duration as <see cref="Duration"/> takes it, with days before a dot where there are any; or the word <c>never</c>, which is null.</summary>
    public TimeSpan? DurationOrNever(string key, TimeSpan? absent, TimeSpan min, TimeSpan max)
    {
        if (Text(key) is not { } text)
            return absent;
        if (text.Equals("never", StringComparison.OrdinalIgnoreCase))
            return null;
        return text.Count(c => c == ':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max
            ? value
            : throw Wrong(key, $"a duration (days.hours:minutes:seconds) from {Shown(min)} to {Shown(max)}, or never");
    }

    /// <summary>A whole number.</summary>
    public int Integer(string key, int absent, int min, int max)
    {
        if (Text(key) is not { } text)
            return absent;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));
    }

    /// <summary>A whole number, or the word <c>never</c>, which is null.</summary>
    public int? IntegerOrNever(string key, int? absent, int min, int max)
    {
        if (Text(key) is not { } text)
            return absent;
        if (text.Equals("never", StringComparison.OrdinalIgnoreCase))
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}, or never"));
    }

    /// <summary>A number with a decimal point.</summary>
    public double Number(string key, double absent, double min, double max)
    {
        if (Text(key) is not { } text)
            return absent;
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return double.TryParse(text, Styles, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"));
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool Flag(string key, bool absent)
    {
        if (Text(key) is not { } text)
            return absent;
        return bool.TryParse(text, out var value) ? value : throw Wrong(key, "true or false");
    }

    /// <summary>An <c>http://</c> URL of a proxy, perhaps with user and password, which no complaint repeats.</summary>
    public Uri? ProxyUrl(string key)
    {
        if (Text(key) is not { } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && url.Host.Length > 0
            && url.PathAndQuery == "/" && url.Fragment.Length == 0
            ? url
            : throw new StartRefusedException($"{_section.Path}:{key} takes the URL of an HTTP proxy such as http://proxy.example.com:3128, or http://user:password@….");
    }

    /// <summary>The address of a site, as people type it into a browser: no user, query or fragment.</summary>
    public Uri? WebAddress(string key)
    {
        if (Text(key) is not { } text)
            return null;
        // A user's name and password are not repeated.
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url.Host.Length > 0 && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0
            ? url
            : throw new StartRefusedException($"{_section.Path}:{key} takes an address such as https://status-admin.example.com or https://example.com/ops.");
    }

    /// <summary>Texts, as an array or as one text separated by commas or semicolons: blanks belong to them.</summary>
    public List<string> Texts(string key)
    {
        var entry = _section.GetSection(key);
        return [.. entry.GetChildren().Select(child => child.Value).Prepend(entry.Value)
            .SelectMany(value => (value ?? "").Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
    }

    /// <summary>The text with its blanks, as a password is taken; null when it is absent or empty.</summary>
    public string? Secret(string key) => _section[key] is { Length: > 0 } text ? text : null;

    /// <summary>Whether the key is there at all, even with an empty value.</summary>
    public bool Has(string key) => _section.GetSection(key) is var entry && (entry.Value is not null || entry.GetChildren().Any());

    /// <summary>Ranges, as an array or as one text separated by commas or blanks; what an environment variable can hold.</summary>
    /// <param name="key">The key.</param>
    /// <param name="bareAddresses">Whether an address alone stands for itself.</param>
    /// <param name="takes">What the key takes, in words.</param>
    public List<IPNetwork> Networks(string key, bool bareAddresses, string takes)
    {
        var entry = _section.GetSection(key);
        var texts = entry.GetChildren().Select(child => child.Value).Prepend(entry.Value)
            .SelectMany(value => (value ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries));
        return [.. texts.Select(text => TryNetwork(text, bareAddresses, out var network) ? network.Value : throw Wrong(key, takes, text))];
    }

    /// <summary>The complaint about a value that may be shown.</summary>
    public StartRefusedException Wrong(string key, string takes, string? value = null) =>
        new($"{_section.Path}:{key} takes {takes}; it is '{Shown(value ?? Text(key) ?? "")}'.");

    private static bool TryNetwork(string text, bool bareAddresses, [NotNullWhen(true)] out IPNetwork? network)
    {
        network = null;
        if (text.Contains('/', StringComparison.Ordinal))
            network = IPNetwork.TryParse(text, out var range) ? range : null;
        else if (bareAddresses && IPAddress.TryParse(text, out var address) && (text.Contains('.', StringComparison.Ordinal) || text.Contains(':', StringComparison.Ordinal)))
            network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return network is not null;
    }

    private static string Shown(string value) => value.Length <= 60 ? value : string.Concat(value.AsSpan(0, 60), "…");
}
