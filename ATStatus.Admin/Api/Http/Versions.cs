using System.Globalization;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.Net.Http.Headers;

namespace ATStatus.Admin.Api.Http;

/// <summary>An object's version as its entity tag, and what a caller says of it.</summary>
internal static class Versions
{
    /// <summary>How often a change is made anew that somebody else crossed: more often than one object has callers at once.</summary>
    private const int MostTries = 50;

    /// <summary>Says which version the answer shows.</summary>
    public static void ShowVersion(this HttpContext context, int version) => context.Response.Headers.ETag = TagOf(version);

    /// <summary>
    /// Changes an object as it is now. A change that somebody else crossed is made once more on what is there then; a caller that says
    /// which version it saw is refused where it is another, also by the transaction that writes.
    /// </summary>
    /// <typeparam name="TObject">The row whose version the answer shows.</typeparam>
    /// <typeparam name="T">The object as it is read.</typeparam>
    /// <param name="context">The request.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="id">Its number.</param>
    /// <param name="find">Reads it; null where there is none.</param>
    /// <param name="versionOf">Its version.</param>
    /// <param name="change">Changes it, from what was read.</param>
    /// <exception cref="NotFoundException">There is no such object.</exception>
    /// <exception cref="EditConflictException"><c>If-Match</c> names another version; or others were quicker time and again.</exception>
    public static async Task ChangeAsync<TObject, T>(
        this HttpContext context, string what, int id, Func<Task<T?>> find, Func<T, int> versionOf, Func<T, Task> change)
        where TObject : class, IVersioned
        where T : class
    {
        for (var tries = 1; ; tries++)
        {
            var current = await find() ?? throw new NotFoundException(what);
            Demand<TObject>(context, what, id, versionOf(current));
            try
            {
                await change(current);
                return;
            }
            catch (EditConflictException) when (tries < MostTries)
            {
                // What was written meanwhile is read by the next try.
            }
        }
    }

    private static void Demand<TObject>(HttpContext context, string what, int id, int version)
        where TObject : class, IVersioned
    {
        var header = context.Request.Headers.IfMatch;
        // The version is that before the change, so none is asked of a repeat whose change is committed.
        if (header.Count == 0 || RequestMark.IsRepeat)
            return;
        if (!EntityTagHeaderValue.TryParseList(header, out var tags)
            || !tags.Any(tag => tag == EntityTagHeaderValue.Any || (!tag.IsWeak && tag.Tag == TagOf(version))))
            throw new EditConflictException(what);
        ChangeScope.Expect<TObject>(id, version);
    }

    private static string TagOf(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
}
