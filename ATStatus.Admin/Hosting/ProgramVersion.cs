using System.Reflection;

namespace ATStatus.Admin.Hosting;

/// <summary>Which program this is.</summary>
internal static class ProgramVersion
{
    /// <summary>The number, and what it was built from behind a plus sign where that is known.</summary>
    private static readonly string Informational =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    /// <summary>The number alone, such as <c>1.2.3</c>.</summary>
    public static string Number { get; } = Informational.Split('+')[0];

    /// <summary>The beginning of the commit that it was built from; null where that is not known.</summary>
    public static string? Commit { get; } = Informational.Split('+') is [_, { Length: >= 10 } commit] ? commit[..10] : null;
}
