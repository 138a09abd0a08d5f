namespace ATStatus.Tests.Support;

/// <summary>Files that are built into the test assembly.</summary>
public static class TestResource
{
    /// <summary>The text of the embedded file with this logical name.</summary>
    public static string Text(string name)
    {
        using var stream = typeof(TestResource).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"There is no embedded file '{name}'.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
