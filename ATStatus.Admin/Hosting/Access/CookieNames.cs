namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// The names of the console's cookies. Browsers keep cookies by host and not by port, so each database has names of its own: two
/// consoles on one host would sign each other out. Instances that share a database share the names.
/// </summary>
internal sealed class CookieNames
{
    private string? _prefix;

    /// <summary>The cookie of who is signed in.</summary>
    public string Session => _prefix ?? throw new InvalidOperationException("The database's id is not known yet.");

    /// <summary>The cookie that forms' tokens belong to.</summary>
    public string Form => Session + ".form";

    /// <summary>The cookie by which a browser that has signed in before is known.</summary>
    public string KnownBrowser => Session + ".known";

    /// <summary>Takes the database's id. Comes before the server starts: the names hold from then on.</summary>
    public void Use(Guid databaseId) => _prefix = $"atstatus-{databaseId.ToString("N")[..8]}";
}
