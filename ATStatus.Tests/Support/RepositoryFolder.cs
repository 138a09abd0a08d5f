namespace ATStatus.Tests.Support;

/// <summary>The checkout that the tests were built from.</summary>
public static class RepositoryFolder
{
    /// <summary>Its root; the tests' own folder where they were copied elsewhere.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory) ?? AppContext.BaseDirectory;

    /// <summary>A path under <c>artifacts/</c>, whose folder is made.</summary>
    public static string Artifact(string folder, string file) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(Root, "artifacts", folder)).FullName, file);

    private static string? Find(string? folder) =>
        folder is null ? null : File.Exists(Path.Combine(folder, "global.json")) ? folder : Find(Path.GetDirectoryName(folder));
}
