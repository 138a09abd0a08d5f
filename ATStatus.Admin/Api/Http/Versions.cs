using System.Globalization;
using ATStatus.Core.Problems;
using Microsoft.Net.Http.Headers;

namespace ATStatus.Admin.Api.Http;

/// <summary>The version that <c>If-Match</c> names is not the object's any more.</summary>
internal sealed class StaleVersionException() : ProblemException("Somebody else changed this in the meantime: If-Match names another version. Nothing was written.");

/// <summary>An object's version as its entity tag, and what a caller says of it.</summary>
internal static class Versions
{
    /// <summary>How often a change is made anew that somebody else crossed.</summary>
    private const int MostTries = 10;

    /// <summary>Says which version the answer shows.</summary>
    public static void ShowVersion(this HttpContext context, int version) => context.Response.Headers.ETag = TagOf(version);

    /// <summary>Throws where the caller saw another version.</summary>
    /// <exception cref="StaleVersionException"><c>If-Match</c> names another.</exception>
    public static void DemandVersion(this HttpContext context, int version)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0)
            return;
        if (!EntityTagHeaderValue.TryParseList(header, out var tags) || !tags.Any(tag => tag == EntityTagHeaderValue.Any || (!tag.IsWeak && tag.Tag == TagOf(version))))
            throw new StaleVersionException();
    }

    /// <summary>
    /// Changes an object as it is now. A caller that says which version it saw is refused where that is another; for one that does not, a change
    /// that somebody else crossed is made once more on what is there then.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="find">Reads it; null where there is none.</param>
    /// <param name="versionOf">Its version.</param>
    /// <param name="change">Changes it, from what was read.</param>
    /// <exception cref="NotFoundException">There is no such object.</exception>
    /// <exception cref="StaleVersionException"><c>If-Match</c> names another version.</exception>
    public static async Task ChangeAsync<T>(this HttpContext context, string what, Func<Task<T?>> find, Func<T, int> versionOf, Func<T, Task> change)
        where T : class
    {
        for (var tries = 1; ; tries++)
        {
            var current = await find() ?? throw new NotFoundException(what);
            context.DemandVersion(versionOf(current));
            try
            {
                await change(current);
                return;
            }
            catch (EditConflictException) when (context.Request.Headers.IfMatch.Count == 0 && tries < MostTries)
            {
                // What was written meanwhile is read by the next try.
            }
        }
    }

    private static string TagOf(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
}
