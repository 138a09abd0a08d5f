using System.Globalization;
using ATStatus.Core.Events;

namespace ATStatus.Tests.Model;

/// <summary>
/// The status domain as contract and decision 6 tell it, in plain lists: what is, what was said of it in the order in which it was said, and
/// what each operation must raise. The status of any moment is read off those lists anew each time it is asked. It shares no code with the
/// product but the vocabulary's names.
/// </summary>
internal sealed class PlainModel
{
    public sealed class Part
    {
        public int Id;
        public string Name = "";
        public ComponentStatus Status;
        public DateTime Born;
        public List<OwnStatus> Own = [];
        public List<Correction> Corrections = [];
    }

    /// <summary>The own status was set; it shows through all windows, or through those that ran then.</summary>
    public sealed record OwnStatus(DateTime At, ComponentStatus Status, bool ThroughAll, IReadOnlyList<Work> Through);

    public sealed record Correction(DateTime From, DateTime Until, ComponentStatus Status);

    public sealed record Named(ComponentStatus? Status, bool Chosen);

    /// <summary>What an open incident said one after the other, the first entry of a new one since ever; and when that was over, once it opened again.</summary>
    public sealed class Episode
    {
        public List<(DateTime? Since, Dictionary<int, ComponentStatus> Says)> Entries = [];
        public DateTime? Over;
    }

    public sealed class Trouble
    {
        public int Id;
        public string Title = "";
        public IncidentSeverity Severity;
        public IncidentStatus Status;
        public Dictionary<int, Named> Parts = [];
        public DateTime Started;
        public DateTime? Ended;
        public DateTime? Resolved;
        public string Latest = "";
        public List<Episode> Episodes = [];

        public bool IsOpen => Status != IncidentStatus.Resolved;

        public DateTime? End => IsOpen ? null : Ended ?? Resolved;
    }

    public enum Phase
    {
        Scheduled,
        Running,
        Completed,
        Cancelled,
    }

    public sealed class Work
    {
        public int Id;
        public string Title = "";
        public string Message = "";
        public HashSet<int> Parts = [];
        public DateTime Start;
        public DateTime End;
        public Phase Phase;
        public bool Auto = true;
        public TimeSpan? Remind;
        public DateTime? RemindAt;
        public DateTime? RemindedOf;
    }

    /// <summary>In the page's order.</summary>
    public List<Part> Parts { get; } = [];

    public List<Trouble> Incidents { get; } = [];

    /// <summary>Incidents that were deleted and whose downtime was kept.</summary>
    public List<Trouble> Kept { get; } = [];

    public List<Work> Windows { get; } = [];

    public DateTime Now { get; set; }

    private readonly List<string> _raised = [];

    /// <summary>What was raised since it was last asked.</summary>
    public List<string> TakeRaised()
    {
        List<string> taken = [.. _raised];
        _raised.Clear();
        return taken;
    }

    public void AddPart(int id, string name, ComponentStatus status)
    {
        Parts.Add(new Part { Id = id, Name = name, Status = status, Born = Now, Own = [new OwnStatus(Now, status, false, [])] });
        Component("component.created", Parts[^1], null, status, "100");
    }

    public void RemovePart(Part part)
    {
        Component("component.deleted", part, part.Status, null, Percent(Uptime(part)));
        Parts.Remove(part);
        Incidents.ForEach(i => i.Parts.Remove(part.Id));
        Windows.ForEach(w => w.Parts.Remove(part.Id));
    }

    /// <summary>Each incident that says something of it says this from now on; where none does, it is the own status.</summary>
    public void SetByHand(Part part, ComponentStatus status)
    {
        if (part.Status == status)
            return;
        var saying = Incidents.Where(i => i.IsOpen && i.Parts.GetValueOrDefault(part.Id)?.Status is not null).ToList();
        foreach (var incident in saying)
        {
            incident.Parts[part.Id] = new Named(status, true);
            Say(incident);
        }
        List<Work> running = [.. Windows.Where(w => w.Phase == Phase.Running && w.Parts.Contains(part.Id))];
        if (saying.Count > 0)
        {
            if (status == ComponentStatus.Operational)
                part.Own.Add(new OwnStatus(Now, status, false, []));
        }
        else if (running.Count == 0)
            part.Own.Add(new OwnStatus(Now, status, false, []));
        else if (status == ComponentStatus.Maintenance)
            part.Own.Add(new OwnStatus(Now, ComponentStatus.Operational, false, []));
        else if (status == ComponentStatus.Operational)
            part.Own.Add(new OwnStatus(Now, status, false, running));
        else
            part.Own.Add(new OwnStatus(Now, status, true, []));
        Recompute();
    }

    public void Create(Trouble incident)
    {
        Incidents.Add(incident);
        Suggest(incident, incident.Parts, raised: true);
        incident.Episodes.Add(new Episode { Entries = [(null, Saying(incident))] });
        Incident("incident.created", incident);
        if (incident.Status == IncidentStatus.Resolved)
        {
            incident.Resolved = Now;
            Incident("incident.resolved", incident);
        }
        Recompute();
    }

    /// <summary>An update; what it does not change is null.</summary>
    public void Post(Trouble incident, IncidentStatus? status, IncidentSeverity? severity, Dictionary<int, Named>? parts, string message)
    {
        var raised = severity > incident.Severity;
        incident.Severity = severity ?? incident.Severity;
        Suggest(incident, parts ?? new Dictionary<int, Named>(incident.Parts), raised);
        var wasOpen = incident.IsOpen;
        (incident.Status, incident.Latest) = (status ?? incident.Status, message);
        Incident(wasOpen && !incident.IsOpen ? "incident.resolved" : "incident.updated", incident);
        if (!wasOpen && incident.IsOpen)
        {
            incident.Episodes[^1].Over = incident.Ended ?? incident.Resolved;
            (incident.Ended, incident.Resolved) = (null, null);
            incident.Episodes.Add(new Episode());
        }
        if (wasOpen || incident.IsOpen)
            Say(incident);
        if (wasOpen && !incident.IsOpen)
            incident.Resolved = Now;
        Recompute();
    }

    public void Edit(Trouble incident, string title, DateTime started, DateTime? ended)
    {
        var raises = incident.Title != title || incident.Started != started;
        (incident.Title, incident.Started, incident.Ended) = (title, started, ended);
        if (raises)
            Incident("incident.updated", incident);
    }

    public void Delete(Trouble incident, bool keepDowntime)
    {
        Incidents.Remove(incident);
        if (keepDowntime)
            Kept.Add(incident);
    }

    public void Schedule(Work window)
    {
        Windows.Add(window);
        PlanReminder(window);
        Maintenance("maintenance.scheduled", window);
        if (window.Start <= Now && window.Auto)
            Begin(window, byHand: false);
    }

    public void Reschedule(Work window, string title, string message, HashSet<int> parts, DateTime start, DateTime end, bool auto, TimeSpan? remind)
    {
        var same = window.Title == title && window.Message == message && window.Parts.SetEquals(parts) && window.Start == start && window.End == end;
        var replan = window.Start != start || window.Remind != remind;
        if (same && window.Auto == auto && window.Remind == remind)
            return;
        (window.Title, window.Message, window.Parts, window.Start, window.End, window.Auto, window.Remind) = (title, message, parts, start, end, auto, remind);
        if (replan)
            PlanReminder(window);
        if (!same)
            Maintenance("maintenance.scheduled", window);
        if (window.Start <= Now && window.Auto)
            Begin(window, byHand: false);
    }

    public void Extend(Work window, DateTime end)
    {
        window.End = end;
        Maintenance("maintenance.updated", window);
    }

    public void Post(Work window, string message) => Maintenance("maintenance.updated", window, message);

    public void Cancel(Work window, string? note, bool notify)
    {
        window.Phase = Phase.Cancelled;
        if (notify)
            Maintenance("maintenance.updated", window, note);
    }

    /// <summary>A reminder comes where its time lies ahead, and of a start that is later than the one that was reminded of.</summary>
    private void PlanReminder(Work window)
    {
        window.RemindAt = window.Start - window.Remind;
        if (window.RemindAt <= Now || window.Start <= window.RemindedOf)
            window.RemindAt = null;
    }

    public void Begin(Work window, bool byHand)
    {
        window.Phase = Phase.Running;
        if (byHand)
            window.Start = Now;
        Maintenance("maintenance.started", window);
        Recompute();
    }

    public void Complete(Work window, DateTime end)
    {
        window.Phase = Phase.Completed;
        window.End = end;
        Maintenance("maintenance.completed", window);
        Recompute();
    }

    /// <summary>What the clock does: the earliest first, until nothing is due.</summary>
    public void Tick()
    {
        while (Windows.Any(IsDue))
        {
            foreach (var window in Windows.Where(IsDue).OrderBy(DueAt).ThenBy(w => w.Id).ToList())
            {
                if (window.Phase == Phase.Scheduled && window.Start > Now)
                {
                    (window.RemindedOf, window.RemindAt) = (window.Start, null);
                    Maintenance("maintenance.reminder", window);
                }
                else if (window.Phase == Phase.Scheduled && window.Auto)
                    Begin(window, byHand: false);
                else if (window.Phase == Phase.Scheduled)
                    Cancel(window, null, notify: true);
                else
                    Complete(window, Now - window.End < TimeSpan.FromMinutes(1) ? window.End : Now);
            }
        }
    }

    private bool IsDue(Work window) => DueAt(window) <= Now;

    /// <summary>What of a window the clock does next, and when; null for nothing.</summary>
    private DateTime? DueAt(Work window) => window.Phase switch
    {
        Phase.Running => window.End,
        Phase.Scheduled when window.Start > Now => window.RemindAt,
        Phase.Scheduled => window.Auto ? window.Start : window.End,
        _ => null,
    };

    /// <summary>A status that nobody chose is what the severity suggests, never better than the own, where it is new or the severity was raised.</summary>
    private void Suggest(Trouble incident, Dictionary<int, Named> parts, bool raised)
    {
        foreach (var (id, named) in parts.Where(p => !p.Value.Chosen).ToList())
        {
            if (!raised && incident.Parts.TryGetValue(id, out var before))
            {
                parts[id] = before;
                continue;
            }
            ComponentStatus? suggested = incident.Severity switch
            {
                IncidentSeverity.Minor => ComponentStatus.Degraded,
                IncidentSeverity.Major => ComponentStatus.PartialOutage,
                IncidentSeverity.Critical => ComponentStatus.MajorOutage,
                _ => null,
            };
            if (suggested is { } status)
                suggested = Worst([status, Parts.Single(p => p.Id == id).Own[^1].Status]);
            parts[id] = named with { Status = suggested };
        }
        incident.Parts = parts;
    }

    private void Say(Trouble incident) => incident.Episodes[^1].Entries.Add((Now, Saying(incident)));

    private static Dictionary<int, ComponentStatus> Saying(Trouble incident) =>
        incident.Parts.Where(p => p.Value.Status is not null).ToDictionary(p => p.Key, p => p.Value.Status!.Value);

    /// <summary>The status now follows from what is open, runs and was set last; no time that was entered plays a part.</summary>
    private void Recompute()
    {
        foreach (var part in Parts)
        {
            List<ComponentStatus> said = [.. Incidents.Where(i => i.IsOpen).Select(i => i.Parts.GetValueOrDefault(part.Id)?.Status).OfType<ComponentStatus>()];
            var own = part.Own[^1];
            var covered = Windows.Any(w => w.Phase == Phase.Running && w.Parts.Contains(part.Id) && !own.ThroughAll && !own.Through.Contains(w));
            Change(part, said.Count > 0 ? Worst(said) : covered ? ComponentStatus.Maintenance : own.Status);
        }
    }

    /// <summary>The status at a moment of the past, and whether it was corrected.</summary>
    public (ComponentStatus Status, bool Corrected) At(Part part, DateTime moment)
    {
        if (part.Corrections.LastOrDefault(c => c.From <= moment && moment < c.Until) is { } correction)
            return (correction.Status, true);
        List<ComponentStatus> said = [.. Incidents.Concat(Kept).Select(i => Said(i, part, moment)).OfType<ComponentStatus>()];
        if (said.Count > 0)
            return (Worst(said), false);
        var own = part.Own.Last(o => o.At <= moment);
        var covered = Windows.Any(w =>
            w.Phase is Phase.Running or Phase.Completed && w.Parts.Contains(part.Id) && w.Start <= moment && (w.Phase == Phase.Running || moment < w.End)
            && !own.ThroughAll && !own.Through.Contains(w));
        return (covered ? ComponentStatus.Maintenance : own.Status, false);
    }

    private static ComponentStatus? Said(Trouble incident, Part part, DateTime moment)
    {
        if (moment < incident.Started || moment >= incident.End)
            return null;
        foreach (var episode in incident.Episodes)
        {
            var over = episode == incident.Episodes[^1] ? incident.End : episode.Over;
            if (moment >= over)
                continue;
            foreach (var (since, says) in Enumerable.Reverse(episode.Entries))
            {
                if (since is null || since <= moment)
                    return says.TryGetValue(part.Id, out var status) ? status : null;
            }
        }
        return null;
    }

    /// <summary>Every moment at which a component's status can have changed, from the given one until now.</summary>
    public IReadOnlyList<DateTime> Moments(Part part, DateTime from)
    {
        var moments = part.Own.Select(o => o.At)
            .Concat(part.Corrections.SelectMany(c => new[] { c.From, c.Until }))
            .Concat(Windows.SelectMany(w => new[] { w.Start, w.End }))
            .Concat(Incidents.Concat(Kept).SelectMany(i => i.Episodes.SelectMany(e => e.Entries.Select(entry => entry.Since).Append(e.Over))
                .Concat([i.Started, i.Ended, i.Resolved]).OfType<DateTime>()));
        return [.. moments.Where(m => m > from && m < Now).Append(from).Distinct().Order()];
    }

    private static ComponentStatus Worst(IEnumerable<ComponentStatus> statuses) => statuses.OrderByDescending(status => Array.IndexOf(
        [ComponentStatus.Operational, ComponentStatus.Maintenance, ComponentStatus.Degraded, ComponentStatus.PartialOutage, ComponentStatus.MajorOutage],
        status)).First();

    private void Change(Part part, ComponentStatus status)
    {
        if (part.Status == status)
            return;
        var previous = part.Status;
        part.Status = status;
        Component("component.status_changed", part, previous, status, Percent(Uptime(part)));
    }

    public decimal Uptime(Part part)
    {
        decimal up = 0, down = 0;
        var moments = Moments(part, Now.AddDays(-90) > part.Born ? Now.AddDays(-90) : part.Born);
        for (var i = 0; i < moments.Count; i++)
        {
            var seconds = (decimal)((i + 1 < moments.Count ? moments[i + 1] : Now) - moments[i]).TotalSeconds;
            var status = At(part, moments[i]).Status;
            if (status is ComponentStatus.PartialOutage or ComponentStatus.MajorOutage)
                down += seconds;
            else if (status != ComponentStatus.Maintenance)
                up += seconds;
        }
        return up + down == 0 ? 100 : Math.Floor(up * 10_000 / (up + down)) / 100;
    }

    private static string Percent(decimal uptime) => uptime.ToString("0.##", CultureInfo.InvariantCulture);

    private void Component(string type, Part part, ComponentStatus? previous, ComponentStatus? next, string uptime) => _raised.Add(
        $"{type} {{\"id\":{part.Id},\"name\":\"{part.Name}\",\"previousStatus\":{Quoted(previous)},\"newStatus\":{Quoted(next)},\"uptimePercent\":{uptime}}}");

    private static string Quoted(ComponentStatus? status) => status is { } s ? $"\"{s.WireName()}\"" : "null";

    private void Incident(string type, Trouble incident) => _raised.Add(
        $"{type} {{\"id\":{incident.Id},\"title\":\"{incident.Title}\",\"status\":\"{incident.Status.WireName()}\",\"severity\":\"{incident.Severity.WireName()}\","
        + $"\"message\":\"{incident.Latest}\",\"components\":[{Names(incident.Parts.Keys)}],\"startedAt\":\"{Instant(incident.Started)}\"}}");

    private void Maintenance(string type, Work window, string? message = null) => _raised.Add(
        $"{type} {{\"id\":{window.Id},\"title\":\"{window.Title}\",{(type is "maintenance.updated" or "maintenance.reminder" ? $"\"status\":\"{Name(window.Phase)}\"," : "")}"
        + $"\"message\":\"{message ?? window.Message}\",\"components\":[{Names(window.Parts)}],"
        + $"\"windowStart\":\"{Instant(window.Start)}\",\"windowEnd\":\"{Instant(window.End)}\"}}");

    private static string Name(Phase phase) => phase switch
    {
        Phase.Scheduled => "scheduled",
        Phase.Running => "in_progress",
        Phase.Completed => "completed",
        _ => "cancelled",
    };

    private string Names(IEnumerable<int> ids)
    {
        var touched = ids.ToHashSet();
        return string.Join(',', Parts.Where(p => touched.Contains(p.Id)).Select(p => $"\"{p.Name}\""));
    }

    private static string Instant(DateTime at) => at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
