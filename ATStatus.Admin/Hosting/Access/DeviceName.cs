namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// What a list of sessions calls a browser. Only to be recognised by its owner: a browser says of itself what it likes. What is not among the
/// common ones is shown as it said.
/// </summary>
internal static class DeviceName
{
    // In this order: many say that they are others, too.
    private static readonly (string Sign, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"), ("Version/", "Safari"), ("curl/", "curl"),
    ];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    /// <summary>"Firefox on Linux", for the value of a <c>User-Agent</c> header.</summary>
    public static string Of(string userAgent)
    {
        var (browser, system) = (Find(Browsers, userAgent), Find(Systems, userAgent));
        if (browser is null)
            return string.Concat(userAgent.Where(c => !char.IsControl(c)));
        return system is null ? browser : $"{browser} on {system}";
    }

    private static string? Find((string Sign, string Name)[] known, string userAgent) =>
        known.FirstOrDefault(k => userAgent.Contains(k.Sign, StringComparison.Ordinal)).Name;
}
