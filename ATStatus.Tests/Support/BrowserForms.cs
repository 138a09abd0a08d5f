using System.Net;
using System.Text.RegularExpressions;

namespace ATStatus.Tests.Support;

/// <summary>Fills in and sends the static pages' forms as a browser does.</summary>
public static partial class BrowserForms
{
    /// <summary>Opens <paramref name="path"/> and posts its form <paramref name="form"/> back, hidden fields included.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(
        this HttpClient client, string path, string form, params (string Name, string Value)[] fields)
    {
        var hidden = HiddenFields(await client.GetStringAsync(path), form);
        using var content = new FormUrlEncodedContent(
            hidden.Concat(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));
        return await client.PostAsync(path, content);
    }

    /// <summary>The hidden fields of one form of a page.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> HiddenFields(string html, string form)
    {
        var body = Form().Matches(html).Select(m => m.Value).SingleOrDefault(f => f.Contains($"value=\"{form}\"", StringComparison.Ordinal));
        Assert.True(body is not null, $"The page has no form '{form}'.");
        return [.. Hidden().Matches(body).Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)))];
    }

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
