using System.Globalization;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>Element ids that are unique in the process, and so on any page.</summary>
internal static class FieldIds
{
    private static int _last;

    public static string Next() => "f" + Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
}
