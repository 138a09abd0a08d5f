using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Support;

/// <summary>
/// Reads what one app measures, and not what others in this process do. A series is written as in
/// <c>atstatus.attempts{atstatus.attempt.outcome=success}</c>, its tags in the order of their names.
/// </summary>
internal sealed class MeterReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, List<double>> _measured = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, double> _observed = new(StringComparer.Ordinal);

    public MeterReader(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Every series that was measured or observed.</summary>
    public IEnumerable<string> Series => _measured.Keys.Concat(_observed.Keys);

    /// <summary>A counter's sum.</summary>
    public double Sum(string series) => Of(series).Sum();

    /// <summary>The values of a histogram.</summary>
    public IReadOnlyList<double> Of(string series)
    {
        if (!_measured.TryGetValue(series, out var values))
            return [];
        lock (values)
            return [.. values];
    }

    /// <summary>Asks the observable instruments, and forgets what they said before.</summary>
    public MeterReader Observe()
    {
        _observed.Clear();
        _listener.RecordObservableInstruments();
        return this;
    }

    /// <summary>What an observable instrument said when it was asked last; null where it said nothing.</summary>
    public double? Last(string series) => _observed.TryGetValue(series, out var value) ? value : null;

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var names = tags.ToArray().OrderBy(t => t.Key, StringComparer.Ordinal)
            .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Key}={t.Value}")).ToArray();
        var series = names.Length == 0 ? instrument.Name : $"{instrument.Name}{{{string.Join(',', names)}}}";
        if (instrument.IsObservable)
        {
            _observed[series] = value;
            return;
        }
        var values = _measured.GetOrAdd(series, _ => []);
        lock (values)
            values.Add(value);
    }
}
