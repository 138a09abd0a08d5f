using System.Reflection;
using System.Text.RegularExpressions;
using ATStatus.Admin.Components;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Support;

/// <summary>The addresses of the console's pages, read off the pages themselves. The Hangfire dashboard is none of them.</summary>
internal static partial class ConsoleRoutes
{
    /// <summary>Each page's template: <c>/admin/incidents/{Id:int}</c>.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(App).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => route.Template).Order(StringComparer.Ordinal)];

    /// <summary>The pages that none of the paths leads to.</summary>
    /// <param name="paths">Paths without query, with a slash at their beginning.</param>
    public static IReadOnlyList<string> NotAmong(IReadOnlyCollection<string> paths) => [.. All.Where(template => !paths.Any(path => Pattern(template).IsMatch(path)))];

    // Parameters are numbers everywhere, so that "new" is none.
    private static Regex Pattern(string template) => new($"^{Parameter().Replace(template, @"\d+")}$");

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
