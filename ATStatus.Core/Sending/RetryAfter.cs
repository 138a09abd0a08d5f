using System.Globalization;
using System.Net.Http.Headers;

namespace ATStatus.Core.Sending;

/// <summary>Reads <c>Retry-After</c> (RFC 9110, section 10.2.3).</summary>
internal static class RetryAfter
{
    private static readonly double MaxSeconds = Math.Floor(TimeSpan.MaxValue.TotalSeconds);

    /// <summary>The wait that <paramref name="value"/> asks for, seen from <paramref name="now"/>: seconds or an HTTP date.</summary>
    /// <returns>Zero for a date that is past, null for anything that is neither form.</returns>
    public static TimeSpan? Parse(string? value, DateTimeOffset now)
    {
        value = value?.Trim();
        if (string.IsNullOrEmpty(value)) return null;
        if (value.All(char.IsAsciiDigit))
        {
            var seconds = double.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
            return seconds < MaxSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        }

        if (!RetryConditionHeaderValue.TryParse(value, out var parsed) || parsed.Date is not { } date) return null;
        return date > now ? date - now : TimeSpan.Zero;
    }
}
