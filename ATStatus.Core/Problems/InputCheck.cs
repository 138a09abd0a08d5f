using ATStatus.Core.Events;

namespace ATStatus.Core.Problems;

/// <summary>Gathers what is wrong with an input, one message a field, and throws once when anything is.</summary>
public sealed class InputCheck
{
    private readonly Dictionary<string, string> _errors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _judged = new(StringComparer.Ordinal);

    public bool IsValid => _errors.Count == 0;

    /// <summary>Notes <paramref name="message"/> for <paramref name="field"/> when <paramref name="ok"/> is false; the first message a field gets stays.</summary>
    /// <param name="field">The field that the message stands beside.</param>
    /// <param name="with">Other fields whose values were judged too; see <see cref="InvalidInputException.Judged"/>.</param>
    public void Require(bool ok, string field, string message, params string[] with)
    {
        if (!ok && _errors.TryAdd(field, message) && with.Length > 0)
            _judged[field] = with;
    }

    /// <summary>
    /// A line of text: trimmed, without unpaired surrogates, without line breaks or other control characters,
    /// not empty when <paramref name="required"/>, at most <paramref name="max"/> UTF-16 units.
    /// </summary>
    public string Line(string? value, string field, string label, int max, bool required = true)
    {
        var text = WellFormedText.ReplaceUnpairedSurrogates((value ?? "").Trim());
        Require(!required || text.Length > 0, field, $"{label} is required.");
        Require(text.Length <= max, field, $"{label} can have at most {max} characters; this has {text.Length}.");
        Require(!text.Any(char.IsControl), field, $"{label} must be one line without control characters.");
        return text;
    }

    /// <summary>Text of several lines: like <see cref="Line"/>, with every character allowed; CR LF and CR become <c>\n</c>.</summary>
    public string Text(string? value, string field, string label, int max, bool required = true)
    {
        var text = WellFormedText.ReplaceUnpairedSurrogates((value ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Trim());
        Require(!required || text.Length > 0, field, $"{label} is required.");
        Require(text.Length <= max, field, $"{label} can have at most {max} characters; this has {text.Length}.");
        return text;
    }

    /// <summary>
    /// The address of a page that people open: an absolute http or https URL with a host, without user name, password or blanks, at most
    /// <paramref name="max"/> UTF-16 units. Returns it as browsers send it (ASCII); null for nothing, or for what is wrong.
    /// </summary>
    public string? WebAddress(string? value, string field, string label, int max)
    {
        var text = (value ?? "").Trim();
        if (text.Length == 0)
            return null;
        string? address = null;
        if (!text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\') && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) && uri.UserInfo.Length == 0)
        {
            try
            {
                address = uri.HostNameType == UriHostNameType.Dns ? new UriBuilder(uri) { Host = uri.IdnHost }.Uri.AbsoluteUri : uri.AbsoluteUri;
            }
            catch (UriFormatException)
            {
                // A host name that has no ASCII form is none that a browser could open.
            }
        }
        Require(address is not null, field, $"{label} must be complete and begin with https:// or http://, like https://status.example.com.");
        Require((address ?? text).Length <= max, field, $"{label} can have at most {max} characters.");
        return address;
    }

    /// <summary>Throws when anything was wrong.</summary>
    /// <exception cref="InvalidInputException">At least one requirement failed.</exception>
    public void ThrowIfInvalid()
    {
        if (!IsValid)
            throw new InvalidInputException(_errors, _judged);
    }
}
