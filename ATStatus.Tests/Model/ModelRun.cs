using System.Text;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Model;

/// <summary>One random sequence on a page of its own: each operation is made in the product and in the model.</summary>
internal sealed class ModelRun
{
    private static readonly Actor Operator = new("op");
    private readonly CoreApp _app;
    private readonly Random _random;
    private readonly int _page;
    private long _seen;
    private int _counter;

    private ModelRun(CoreApp app, int seed, int page, long seen) => (_app, _random, _page, _seen) = (app, new Random(seed), page, seen);

    public PlainModel Model { get; } = new();

    public static async Task<ModelRun> StartAsync(CoreApp app, int seed)
    {
        var page = await app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Model", $"model-{seed}"));
        await using var db = app.Open();
        var run = new ModelRun(app, seed, page, await db.Events.MaxAsync(e => (long?)e.Id) ?? 0);
        run.Model.Now = app.Now;
        for (var i = 0; i < 2; i++)
            await run.AddPartAsync();
        return run;
    }

    public async Task<string> StepAsync()
    {
        _app.Time.Advance(TimeSpan.FromSeconds(_random.Next(0, 4) == 0 ? _random.Next(1, 100_000) : _random.Next(1, 600)));
        Model.Now = _app.Now;
        switch (_random.Next(20))
        {
            case 0 when Model.Parts.Count < 4:
                return await AddPartAsync();
            case 1 when Model.Parts.Count > 2:
                var gone = Any(Model.Parts);
                await _app.Get<ComponentService>().DeleteAsync(gone.Id);
                Model.RemovePart(gone);
                return "delete component";
            case 2 or 3 or 4 or 5:
                var set = Any(Model.Parts);
                var status = Any(ComponentStatuses.All);
                await _app.Get<ComponentService>().SetStatusAsync(set.Id, status);
                Model.SetByHand(set, status);
                return $"set {set.Name} {status}";
            case 6:
                return await MoveOrRenameAsync();
            case 7 or 8:
                return await CreateIncidentAsync();
            case 9 or 10 or 11 when Model.Incidents.Count > 0:
                return await PostAsync();
            case 12 or 13 when Model.Incidents.Count > 0:
                return await EditAsync();
            case 14 when Model.Incidents.Count > 0:
                return await CorrectOrDeleteAsync();
            case 15:
                return await ScheduleAsync();
            case 16 or 17 when Model.Windows.Count > 0:
                return await ByHandAsync();
            case 18 when Model.Windows.Any(w => w.Phase is PlainModel.Phase.Scheduled or PlainModel.Phase.Running):
                return await RescheduleOrExtendAsync();
            case 19 when Chance(50) && Model.Windows.Count > 0:
                return await PostOnWindowAsync();
            case 19:
                return await CorrectHistoryAsync();
            default:
                await _app.Get<MaintenanceClock>().TickAsync(CancellationToken.None);
                Model.Tick();
                return "clock";
        }
    }

    /// <summary>Type and data of the events since the last call, in their order.</summary>
    public async Task<List<string>> RecordedAsync()
    {
        await using var db = _app.Open();
        var seen = _seen;
        var events = await db.Events.AsNoTracking().Where(e => e.Id > seen).OrderBy(e => e.Id).ToListAsync();
        if (events.Count > 0)
            _seen = events[^1].Id;
        return [.. events.Select(e =>
        {
            var text = Encoding.UTF8.GetString(e.Payload);
            return $"{e.Type.WireName()} {text[(text.IndexOf("\"data\":", StringComparison.Ordinal) + 7)..^1]}";
        })];
    }

    /// <summary>What differs from the model after all: statuses, own statuses, uptime, what incidents say, and the history; null for nothing.</summary>
    public async Task<string?> DifferenceAsync()
    {
        var queries = _app.Get<StatusPageQueries>();
        var rows = await queries.ComponentsAsync(_page);
        Assert.Equal(
            Model.Parts.Select(p => (p.Id, p.Name, p.Status, p.Own[^1].Status, Model.Uptime(p))),
            rows.Select(c => (c.Id, c.Name, c.Status, c.OwnStatus, c.UptimePercent)));
        foreach (var incident in Model.Incidents)
        {
            var detail = (await _app.Get<IncidentQueries>().FindAsync(incident.Id))!;
            Assert.Equal((incident.Status, incident.Severity, incident.Started, incident.End), (detail.Row.Status, detail.Row.Severity, detail.Row.StartedAt, detail.Row.End));
            Assert.Equal(
                incident.Parts.Select(p => new AffectedComponent(p.Key, p.Value.Status, p.Value.Chosen)).OrderBy(a => a.ComponentId),
                detail.Affected.OrderBy(a => a.ComponentId));
        }
        foreach (var part in Model.Parts)
        {
            var segments = (await queries.SegmentsAsync(part.Id, int.MaxValue)).Reverse().ToList();
            var moments = Model.Moments(part, part.Born).Concat(segments.Select(s => s.From)).Where(m => m < Model.Now).Distinct().Order();
            foreach (var moment in moments)
            {
                var held = segments.Single(s => s.From <= moment && (s.Until is null || moment < s.Until));
                var expected = Model.At(part, moment);
                if (expected != (held.Status, held.IsCorrected))
                    return $"{part.Name} at {moment:u} was {expected}, remembered is {held}";
            }
            if (segments[0].From != part.Born || segments[^1].Until is not null)
                return $"{part.Name} is not remembered from {part.Born:u} until now";
        }
        return null;
    }

    /// <summary>The clock looks after all windows of the database: those of this sequence must not be due in the next.</summary>
    public async Task RemoveAsync()
    {
        await using var db = _app.Open();
        await db.MaintenanceWindows.ExecuteDeleteAsync();
        await db.Incidents.ExecuteDeleteAsync();
        await db.Components.ExecuteDeleteAsync();
    }

    private T Any<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];

    private string Text(string what) => $"{what} {++_counter}";

    private bool Chance(int percent) => _random.Next(100) < percent;

    private HashSet<int> SomeParts() => [.. Model.Parts.Where(_ => Chance(60)).Select(p => p.Id)];

    /// <summary>A status that a person chose, No change among them, or none, so that the severity suggests one.</summary>
    private PlainModel.Named SomeStatus() =>
        Chance(40) ? new(null, false) : new(Chance(20) ? null : Any(ComponentStatuses.All), true);

    private static AffectedComponent[] Affected(Dictionary<int, PlainModel.Named> parts) =>
        [.. parts.Select(p => new AffectedComponent(p.Key, p.Value.Status, p.Value.Chosen))];

    private async Task<string> AddPartAsync()
    {
        var (name, status) = (Text("Part"), Any(ComponentStatuses.All));
        var id = await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page, name, status));
        Model.AddPart(id, name, status);
        return "add component";
    }

    private async Task<string> MoveOrRenameAsync()
    {
        var part = Any(Model.Parts);
        if (Chance(50))
        {
            var to = _random.Next(Model.Parts.Count);
            await _app.Get<ComponentOrder>().MoveComponentAsync(part.Id, null, to);
            Model.Parts.Remove(part);
            Model.Parts.Insert(to, part);
            return "move component";
        }
        var row = (await _app.Get<StatusPageQueries>().ComponentsAsync(_page)).Single(c => c.Id == part.Id);
        part.Name = Text("Renamed");
        var status = Chance(50) ? part.Status : Any(ComponentStatuses.All);
        await _app.Get<ComponentService>().UpdateAsync(part.Id, row.Version, new ComponentInput(null, part.Name, status));
        Model.SetByHand(part, status);
        return $"rename component, {status}";
    }

    private async Task<string> CreateIncidentAsync()
    {
        var started = Chance(60) ? Model.Now.AddSeconds(-_random.Next(1, 60_000)) : Model.Now;
        var incident = new PlainModel.Trouble
        {
            Title = Text("Incident"),
            Severity = Any(IncidentSeverities.All),
            Status = Any(IncidentStatuses.All),
            Parts = SomeParts().ToDictionary(id => id, _ => SomeStatus()),
            Started = started,
            Latest = Text("Message"),
        };
        if (!incident.IsOpen && Chance(60))
            incident.Ended = Between(started, Model.Now);
        var what = $"create {Describe(incident)}";
        incident.Id = await _app.Get<IncidentService>().CreateAsync(
            new IncidentInput(
                _page, incident.Title, incident.Severity, incident.Status, incident.Latest, Affected(incident.Parts),
                started == Model.Now ? null : started)
            {
                EndedAt = incident.Ended,
            },
            Operator);
        Model.Create(incident);
        return what;
    }

    private async Task<string> PostAsync()
    {
        var incident = Any(Model.Incidents);
        var (status, message) = (Chance(70) ? Any(IncidentStatuses.All) : (IncidentStatus?)null, Text("Update"));
        IncidentSeverity? severity = Chance(40) ? Any(IncidentSeverities.All) : null;
        Dictionary<int, PlainModel.Named>? parts = null;
        if (Chance(60))
        {
            parts = new Dictionary<int, PlainModel.Named>(incident.Parts);
            foreach (var part in Model.Parts.Where(_ => Chance(50)))
            {
                if (Chance(30))
                    parts.Remove(part.Id);
                else if (!parts.ContainsKey(part.Id))
                    parts[part.Id] = SomeStatus();
                else
                    parts[part.Id] = new(Chance(20) ? null : Any(ComponentStatuses.All), true);
            }
        }
        var what = $"post {status} {severity} {(parts is null ? "" : Describe(parts))} to {incident.Title}";
        await _app.Get<IncidentService>().PostUpdateAsync(
            incident.Id, await VersionAsync(incident),
            new IncidentUpdateInput(status, message) { Severity = severity, Components = parts is null ? null : Affected(parts) }, Operator);
        Model.Post(incident, status, severity, parts, message);
        return what;
    }

    private async Task<string> EditAsync()
    {
        var incident = Any(Model.Incidents);
        var title = Chance(50) ? incident.Title : Text("Edited");
        var started = Chance(40) ? incident.Started : Between(Model.Now.AddSeconds(-100_000), Model.Now.AddSeconds(5_000));
        DateTime? ended = Chance(40) ? incident.Ended : Chance(20) ? null : Between(Model.Now.AddSeconds(-60_000), Model.Now.AddSeconds(2_000));
        var allowed = started <= Model.Now && (ended is null || (!incident.IsOpen && ended <= Model.Now))
            && (incident.IsOpen || started <= (ended ?? incident.Resolved));
        var what = $"edit {incident.Title} to {title} from {started:u} to {ended:u}{(allowed ? "" : ", refused")}";
        var version = await VersionAsync(incident);
        var input = new IncidentEditInput(title, started, ended);
        if (!allowed)
        {
            await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<IncidentService>().EditAsync(incident.Id, version, input));
            return what;
        }
        await _app.Get<IncidentService>().EditAsync(incident.Id, version, input);
        Model.Edit(incident, title, started, ended);
        return what;
    }

    private async Task<string> CorrectHistoryAsync()
    {
        var part = Any(Model.Parts);
        var from = Between(part.Born, Model.Now);
        var until = Between(from, Model.Now);
        var status = Any(ComponentStatuses.All);
        var input = new HistoryCorrectionInput(from, until, status);
        if (from == until)
        {
            await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<ComponentHistoryService>().CorrectAsync(part.Id, input, Operator));
            return "correct no time";
        }
        await _app.Get<ComponentHistoryService>().CorrectAsync(part.Id, input, Operator);
        part.Corrections.Add(new PlainModel.Correction(from, until, status));
        return $"correct {part.Name} from {from:u} to {until:u} to {status}";
    }

    private DateTime Between(DateTime from, DateTime to) => from.AddSeconds(_random.NextInt64((long)(to - from).TotalSeconds + 1));

    private static string Describe(PlainModel.Trouble incident) =>
        $"{incident.Title} {incident.Severity} {incident.Status} from {incident.Started:u} to {incident.Ended:u} {Describe(incident.Parts)}";

    private static string Describe(Dictionary<int, PlainModel.Named> parts) =>
        string.Join(", ", parts.Select(p => $"{p.Key}: {(p.Value.Chosen ? p.Value.Status?.ToString() ?? "No change" : "suggested")}"));

    private async Task<string> CorrectOrDeleteAsync()
    {
        var incident = Any(Model.Incidents);
        var service = _app.Get<IncidentService>();
        var detail = (await _app.Get<IncidentQueries>().FindAsync(incident.Id))!;
        if (Chance(50))
        {
            var update = Any(detail.Updates);
            var corrected = Text("Corrected");
            await service.CorrectMessageAsync(incident.Id, detail.Version, update.Id, corrected);
            if (update.Id == detail.Updates[0].Id)
                incident.Latest = corrected;
            return "correct a message";
        }
        if (incident.Status != IncidentStatus.Resolved)
        {
            await Assert.ThrowsAsync<IllegalTransitionException>(() => service.DeleteAsync(incident.Id, detail.Version, true));
            return "delete an open incident";
        }
        var keep = Chance(50);
        await service.DeleteAsync(incident.Id, detail.Version, keep);
        Model.Delete(incident, keep);
        return $"delete {incident.Title}, {(keep ? "keep" : "remove")} its downtime";
    }

    private async Task<string> ScheduleAsync()
    {
        var start = Minute(Model.Now.AddMinutes(_random.Next(-60, 300)));
        var window = new PlainModel.Work
        {
            Title = Text("Window"),
            Message = Text("Work"),
            Parts = SomeParts(),
            Start = start,
            End = Minute((start > Model.Now ? start : Model.Now).AddMinutes(_random.Next(2, 300))),
            Auto = Chance(70),
            Remind = SomeReminder(),
        };
        window.Id = await _app.Get<MaintenanceService>().ScheduleAsync(new MaintenanceInput(
            _page, window.Title, window.Message, window.Parts, window.Start, window.End, RemindBefore: window.Remind, StartsAutomatically: window.Auto));
        Model.Schedule(window);
        return $"schedule {window.Title}";
    }

    private async Task<string> ByHandAsync()
    {
        var window = Any(Model.Windows);
        var service = _app.Get<MaintenanceService>();
        var version = (await _app.Get<MaintenanceQueries>().FindAsync(window.Id))!.Version;
        switch (_random.Next(3))
        {
            case 0 when window.Phase == PlainModel.Phase.Scheduled && window.End > Model.Now:
                await service.StartNowAsync(window.Id, version);
                Model.Begin(window, byHand: true);
                return $"start {window.Title}";
            case 0:
                await Assert.ThrowsAsync<IllegalTransitionException>(() => service.StartNowAsync(window.Id, version));
                return "start what is not scheduled";
            case 1 when window.Phase == PlainModel.Phase.Running:
                await service.CompleteNowAsync(window.Id, version);
                Model.Complete(window, Model.Now);
                return $"complete {window.Title}";
            case 1:
                await Assert.ThrowsAsync<IllegalTransitionException>(() => service.CompleteNowAsync(window.Id, version));
                return "complete what does not run";
            case 2 when window.Phase == PlainModel.Phase.Scheduled:
                var note = Chance(50) ? Text("Called off") : null;
                var notify = Chance(50);
                await service.CancelAsync(window.Id, version, new MaintenanceCancelInput(note, notify), Operator);
                Model.Cancel(window, note, notify);
                return $"cancel {window.Title}{(notify ? " and notify" : "")}";
            default:
                await Assert.ThrowsAsync<IllegalTransitionException>(() => service.CancelAsync(window.Id, version));
                return "cancel what is not scheduled";
        }
    }

    private async Task<string> PostOnWindowAsync()
    {
        var window = Any(Model.Windows);
        var message = Text("Posted");
        var service = _app.Get<MaintenanceService>();
        if (window.Phase is PlainModel.Phase.Completed or PlainModel.Phase.Cancelled)
        {
            await Assert.ThrowsAsync<IllegalTransitionException>(() => service.PostUpdateAsync(window.Id, new MaintenanceUpdateInput(message), Operator));
            return "post on what is over";
        }
        await service.PostUpdateAsync(window.Id, new MaintenanceUpdateInput(message), Operator);
        Model.Post(window, message);
        return $"post on {window.Title}";
    }

    private TimeSpan? SomeReminder() => Chance(50) ? TimeSpan.FromMinutes(_random.Next(1, 400)) : null;

    private async Task<string> RescheduleOrExtendAsync()
    {
        var window = Any([.. Model.Windows.Where(w => w.Phase is PlainModel.Phase.Scheduled or PlainModel.Phase.Running)]);
        var service = _app.Get<MaintenanceService>();
        var version = (await _app.Get<MaintenanceQueries>().FindAsync(window.Id))!.Version;
        var end = Minute((window.End > Model.Now ? window.End : Model.Now).AddMinutes(_random.Next(1, 60)));
        if (window.Phase == PlainModel.Phase.Running)
        {
            await service.ExtendAsync(window.Id, version, end);
            Model.Extend(window, end);
            return $"extend {window.Title}";
        }
        var title = Chance(50) ? window.Title : Text("Moved");
        HashSet<int> parts = Chance(50) ? [.. window.Parts] : SomeParts();
        if (Chance(30) && window.End > Model.Now)
            end = window.End;
        var (auto, remind) = (Chance(70) ? window.Auto : !window.Auto, Chance(60) ? window.Remind : SomeReminder());
        var start = Chance(30) ? Minute(Model.Now.AddMinutes(_random.Next(1, 400))) : window.Start;
        if (end <= start)
            end = start.AddMinutes(30);
        await service.RescheduleAsync(window.Id, version, new MaintenanceInput(
            null, title, window.Message, parts, start, end, RemindBefore: remind, StartsAutomatically: auto));
        Model.Reschedule(window, title, window.Message, parts, start, end, auto, remind);
        return $"reschedule {title}";
    }

    private async Task<int> VersionAsync(PlainModel.Trouble incident) => (await _app.Get<IncidentQueries>().FindAsync(incident.Id))!.Version;

    private static DateTime Minute(DateTime at) => new(at.Year, at.Month, at.Day, at.Hour, at.Minute, 0, DateTimeKind.Utc);
}
