using ATStatus.Admin.Components.Browser;
using ATStatus.Core.Incidents;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>
/// Says what of an incident counts as downtime while its times and statuses are entered, on the clock of its page. It asks again when the key is
/// another, and when a minute has passed: what has no start or end yet ends now.
/// </summary>
public sealed partial class DowntimeNote : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<Downtime> _spans = [];
    private object? _asked;
    private DateTime _minute;
    private int _questions;

    /// <summary>What the answer depends on.</summary>
    [Parameter, EditorRequired]
    public object Key { get; set; } = default!;

    /// <summary>Reads what counts.</summary>
    [Parameter, EditorRequired]
    public Func<CancellationToken, Task<IReadOnlyList<Downtime>>> Ask { get; set; } = default!;

    /// <summary>The page's time zone; named where it is not the viewer's.</summary>
    [Parameter]
    public TimeZoneInfo? Zone { get; set; }

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    [Inject]
    private ILogger<DowntimeNote> Logger { get; set; } = default!;

    private bool IsElsewhere => Zone is not null && Zone.Id != Clock.ZoneName;

    /// <inheritdoc />
    protected override void OnInitialized() => Clock.Ticked += Refresh;

    /// <inheritdoc />
    protected override Task OnParametersSetAsync() => Equals(Key, _asked) ? Task.CompletedTask : AskAsync();

    /// <inheritdoc />
    public void Dispose()
    {
        Clock.Ticked -= Refresh;
        _gone.Cancel();
        _gone.Dispose();
    }

    private static string Names(Downtime span) => span.Components is { Count: > 1 } names
        ? $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}"
        : span.Components[0];

    private async Task AskAsync()
    {
        (_asked, _minute) = (Key, MinuteOf(Clock.UtcNow));
        var question = ++_questions;
        try
        {
            var spans = await Ask(_gone.Token);
            // Only the answer to the last question counts.
            if (question == _questions)
                _spans = spans;
        }
        catch (Exception) when (_gone.IsCancellationRequested)
        {
            // The page has been left.
        }
        catch (Exception e)
        {
            // A form is not taken away for a line that could not be read. With the next change, or minute, it is read again.
            LogFailed(Logger, e);
            _spans = [];
        }
    }

    private void Refresh() => _ = InvokeAsync(async () =>
    {
        if (_gone.IsCancellationRequested || MinuteOf(Clock.UtcNow) == _minute)
            return;
        await AskAsync();
        StateHasChanged();
    });

    private static DateTime MinuteOf(DateTime at) => at.AddTicks(-(at.Ticks % Minute.Ticks));

    [LoggerMessage(LogLevel.Error, "What counts as downtime could not be read.")]
    private static partial void LogFailed(ILogger logger, Exception e);
}
