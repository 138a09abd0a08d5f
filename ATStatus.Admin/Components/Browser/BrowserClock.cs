using System.Globalization;
using ATStatus.Core.Model;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Components.Browser;

/// <summary>
/// The viewer's clock: time zone and hour style, asked of the browser once per circuit, and one shared tick that keeps
/// relative times fresh, so that a table of two hundred rows costs one timer.
/// MainLayout asks before it shows a page; until then, and when the browser does not answer, it is UTC.
/// </summary>
public sealed class BrowserClock(IJSRuntime browser, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, string> DateFormats = new(StringComparer.Ordinal)
    {
        ["dmy"] = "d MMM yyyy",
        ["mdy"] = "MMM d, yyyy",
        ["ymd"] = "yyyy MMM d",
    };

    private readonly Lock _lock = new();
    private Action? _ticked;
    private ITimer? _timer;

    /// <summary>The viewer's time zone; UTC until known.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>Whether the viewer writes 1:30 PM rather than 13:30.</summary>
    public bool TwelveHours { get; private set; }

    /// <summary>How the viewer orders a date. The month in letters, so that it reads the same everywhere.</summary>
    private string _dateFormat = DateFormats["dmy"];

    /// <summary>The zone's name as people know it, for example <c>Europe/Berlin</c>.</summary>
    public string ZoneName => Zone.Id;

    /// <summary>The current instant, UTC.</summary>
    public DateTime UtcNow => time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Comes every five seconds while somebody listens, on a thread of the pool: handlers go back to their component
    /// with <c>InvokeAsync</c>.
    /// </summary>
    public event Action? Ticked
    {
        add
        {
            lock (_lock)
            {
                _ticked += value;
                _timer ??= time.CreateTimer(_ => _ticked?.Invoke(), null, TickInterval, TickInterval);
            }
        }
        remove
        {
            lock (_lock)
            {
                _ticked -= value;
                if (_ticked is not null)
                    return;
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    /// <summary>Asks the browser. A browser that does not answer, or names a zone unknown here, leaves UTC.</summary>
    public async Task StartAsync()
    {
        try
        {
            var found = await browser.InvokeAsync<BrowserEnvironment>("atstatus.environment");
            TwelveHours = found.Hour12;
            _dateFormat = DateFormats.GetValueOrDefault(found.Order ?? "", _dateFormat);
            if (TimeZoneInfo.TryFindSystemTimeZoneById(found.TimeZone ?? "", out var zone))
                Zone = zone;
        }
        catch (JSException)
        {
        }
    }

    /// <summary>A UTC instant as the viewer's wall clock shows it. A kind that is not said, as databases return it, is taken as UTC.</summary>
    public DateTime ToLocal(DateTime utc) => PageTimeZone.ToLocal(AsUtc(utc), Zone);

    /// <summary>
    /// The UTC instant of a wall clock time the viewer typed, where nothing hangs on which is meant: a time that the clocks skip is
    /// the moment after the gap, one that comes twice its first.
    /// </summary>
    public DateTime ToUtc(DateTime local) => PageTimeZone.ToUtcLenient(local, Zone);

    /// <summary>What <see cref="ToUtc"/> made of a time that the viewer's clocks skip or go back over; null for any other.</summary>
    public string? Doubt(DateTime local) => PageTimeZone.Instants(local, Zone) switch
    {
        (null, _) => FormattableString.Invariant($"{local:HH:mm} does not exist on that day: the clocks go forward. {ToLocal(ToUtc(local)):HH:mm} is used."),
        (_, null) => null,
        _ => FormattableString.Invariant($"{local:HH:mm} happens twice on that day: the clocks go back. The earlier is used."),
    };

    /// <summary>
    /// "14 Jan 2026, 13:00" on the viewer's clock, or on that of <paramref name="zone"/>, with seconds on demand. Day, month and year stand in the
    /// order of the viewer's language.
    /// </summary>
    public string Absolute(DateTime utc, bool seconds = false, TimeZoneInfo? zone = null) => Text(utc, $"{_dateFormat}, {ClockFormat(seconds)}", zone);

    /// <summary>"14 Jan 2026", for a day that belongs to a zone of its own.</summary>
    public string Date(DateOnly day) => day.ToString(_dateFormat, CultureInfo.InvariantCulture);

    /// <summary>"13:00" where the instant lies on the viewer's present day, with its date otherwise.</summary>
    public string At(DateTime utc) => IsSameDay(utc, UtcNow) ? TimeOfDay(utc) : Absolute(utc);

    /// <summary>"13:00", where the day is known.</summary>
    public string TimeOfDay(DateTime utc, bool seconds = false, TimeZoneInfo? zone = null) => Text(utc, ClockFormat(seconds), zone);

    /// <summary>Whether two instants lie on the same day of the viewer's clock, or of <paramref name="zone"/>.</summary>
    public bool IsSameDay(DateTime utc, DateTime other, TimeZoneInfo? zone = null) => In(utc, zone).Date == In(other, zone).Date;

    /// <summary>The instant to the second in the viewer's zone and in UTC, as tooltips tell it.</summary>
    public string Exact(DateTime utc) => $"{Absolute(utc, seconds: true)} ({ZoneName}) · {Machine(utc)}";

    /// <summary>"2026-01-14T12:00:00Z", as the contract writes instants.</summary>
    public static string Machine(DateTime utc) => AsUtc(utc).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>"3 min ago", "in 2 h", "just now"; days up to thirty, then the date.</summary>
    public string Relative(DateTime utc) => Age(utc) ?? Date(DateOnly.FromDateTime(ToLocal(utc)));

    /// <summary>"3 min ago", "in 2 h", "just now", up to thirty days; null beyond.</summary>
    public string? Age(DateTime utc)
    {
        var ago = UtcNow - AsUtc(utc);
        var span = ago.Duration();
        var words = span switch
        {
            { TotalSeconds: < 10 } => null,
            // Steps of ten, because the tick is coarser than a second.
            { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds / 10 * 10} s",
            { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min",
            { TotalHours: < 24 } => $"{(int)span.TotalHours} h",
            { TotalDays: < 30 } => $"{(int)span.TotalDays} d",
            _ => "",
        };
        return words switch
        {
            null => ago >= TimeSpan.Zero ? "just now" : "in a moment",
            "" => null,
            _ => ago > TimeSpan.Zero ? words + " ago" : "in " + words,
        };
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
            _ticked = null;
        }
    }

    private string ClockFormat(bool seconds) => (TwelveHours, seconds) switch
    {
        (true, true) => "h:mm:ss tt",
        (true, false) => "h:mm tt",
        (false, true) => "HH:mm:ss",
        _ => "HH:mm",
    };

    private DateTime In(DateTime utc, TimeZoneInfo? zone) => PageTimeZone.ToLocal(AsUtc(utc), zone ?? Zone);

    private string Text(DateTime utc, string format, TimeZoneInfo? zone) => In(utc, zone).ToString(format, CultureInfo.InvariantCulture);

    /// <summary>The instant with its kind said: converted when local, taken as UTC when unspecified.</summary>
    internal static DateTime AsUtc(DateTime value) => value.Kind switch
    {
        DateTimeKind.Local => value.ToUniversalTime(),
        DateTimeKind.Unspecified => DateTime.SpecifyKind(value, DateTimeKind.Utc),
        _ => value,
    };
}

/// <summary>What js/console.js says about the viewer.</summary>
internal sealed record BrowserEnvironment(string? TimeZone, bool Hour12, string? Order = null);
