using System.Globalization;
using System.Text.RegularExpressions;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;

namespace ATStatus.Core.Incidents;

/// <summary>
/// The variables of templates and default texts: <c>{{ page }}</c>, <c>{{ components }}</c> and <c>{{ time }}</c>. Braces around anything
/// that is no name are text. A value is put in as it is: braces in it are no variable.
/// </summary>
/// <param name="Page">The name of the status page.</param>
/// <param name="Components">The names of the incident's components, in the page's order; where there are none the page stands for them.</param>
/// <param name="Time">The time of the save on the page's clock; null while it is not known, and the variable stays.</param>
public sealed partial record TextVariables(string Page, IReadOnlyList<string> Components, string? Time = null)
{
    private const string Known = "{{ page }}, {{ components }} and {{ time }}";

    /// <summary>The values of an incident at a save.</summary>
    /// <param name="page">The page, whose clock tells the time.</param>
    /// <param name="components">The components it touches from now on.</param>
    /// <param name="now">The moment of the save (UTC).</param>
    public static TextVariables At(StatusPage page, IEnumerable<Component> components, DateTime now) => new(
        page.Name, [.. Component.InPageOrder(components).Select(c => c.Name)], TimeText(now, page.TimeZone));

    /// <summary>The text with the values in place of the variables.</summary>
    public string Render(string text) => Variable().Replace(text, found => found.Groups[1].Value switch
    {
        "page" => Page,
        "components" => Components.Count == 0 ? Page : Sentence(Components),
        "time" when Time is not null => Time,
        _ => found.Value,
    });

    /// <summary>Whether a text has a variable that a save would replace.</summary>
    public static bool IsIn(string? text) => Variable().Matches(text ?? "").Any(found => IsKnown(found.Groups[1].Value));

    /// <summary>Notes the first variable of a text that there is not, beside its field.</summary>
    public static void Check(InputCheck check, string field, string text)
    {
        if (Variable().Matches(text).FirstOrDefault(found => !IsKnown(found.Groups[1].Value)) is { } unknown)
            check.Require(false, field, $"There is no variable {Shortened(unknown.Value)}. The variables are {Known}.");
    }

    /// <summary>"API", "API and Mail", "API, Mail and Website".</summary>
    private static string Sentence(IReadOnlyList<string> names) =>
        names.Count == 1 ? names[0] : $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}";

    private static string TimeText(DateTime now, string zone) => string.Create(
        CultureInfo.InvariantCulture, $"{PageTimeZone.ToLocal(now, PageTimeZone.Find(zone)):d MMM yyyy, HH:mm} ({PageTimeZone.Find(zone).Id})");

    private static bool IsKnown(string name) => name is "page" or "components" or "time";

    private static string Shortened(string variable) => variable.Length <= 60 ? variable : $"{variable[..59]}…";

    [GeneratedRegex(@"\{\{\s*([\p{L}_][\p{L}\p{N}_.-]*)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
