namespace ATStatus.Core.Events;

/// <summary>Looks values up by their name, on the wire or in words. The lists are a handful long, so a scan is the simplest index.</summary>
internal static class WireNames
{
    public static bool TryFind<T>(IReadOnlyList<T> all, Func<T, string> nameOf, string? wireName, out T value)
        where T : struct, Enum
    {
        foreach (var candidate in all)
        {
            if (nameOf(candidate) == wireName)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }
}
