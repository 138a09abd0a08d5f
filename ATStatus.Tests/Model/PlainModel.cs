using System.Globalization;
using ATStatus.Core.Events;

namespace ATStatus.Tests.Model;

/// <summary>
/// The status domain as the contract tells it (sections 1 and 5), in plain lists: what is, and what each operation must
/// raise. It shares no code with the product but the vocabulary's names.
/// </summary>
internal sealed class PlainModel
{
    public sealed class Part
    {
        public int Id;
        public string Name = "";
        public ComponentStatus Status;
        public ComponentStatus Own;
        public DateTime Born;
        public List<(DateTime At, ComponentStatus Status)> History = [];
    }

    public sealed class Trouble
    {
        public int Id;
        public string Title = "";
        public IncidentSeverity Severity;
        public IncidentStatus Status;
        public Dictionary<int, ComponentStatus?> Parts = [];
        public DateTime Started;
        public string Latest = "";
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
    }

    /// <summary>In the page's order.</summary>
    public List<Part> Parts { get; } = [];

    public List<Trouble> Incidents { get; } = [];

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
        Parts.Add(new Part { Id = id, Name = name, Status = status, Own = status, Born = Now, History = [(Now, status)] });
        Component("component.created", Parts[^1], null, status, "100");
    }

    public void RemovePart(Part part)
    {
        Component("component.deleted", part, part.Status, null, Uptime(part));
        Parts.Remove(part);
        Incidents.ForEach(i => i.Parts.Remove(part.Id));
        Windows.ForEach(w => w.Parts.Remove(part.Id));
    }

    public void SetByHand(Part part, ComponentStatus status)
    {
        var incident = Laid(part).Any();
        var maintained = Windows.Any(w => w.Phase == Phase.Running && w.Parts.Contains(part.Id));
        if (!incident && !(maintained && status == ComponentStatus.Maintenance))
            part.Own = status;
        Change(part, status);
    }

    public void Create(Trouble incident)
    {
        Incidents.Add(incident);
        Incident("incident.created", incident);
        if (incident.Status == IncidentStatus.Resolved)
            Incident("incident.resolved", incident);
        else
            Recompute(incident.Parts.Where(p => p.Value is not null).Select(p => p.Key));
    }

    public void Post(Trouble incident, IncidentStatus status, string message)
    {
        var before = Laying(incident);
        var resolves = status == IncidentStatus.Resolved && incident.Status != IncidentStatus.Resolved;
        (incident.Status, incident.Latest) = (status, message);
        Incident(resolves ? "incident.resolved" : "incident.updated", incident);
        Recompute(Difference(before, Laying(incident)));
    }

    public void Edit(Trouble incident, string title, IncidentSeverity severity, Dictionary<int, ComponentStatus?> parts, DateTime started)
    {
        var same = incident.Title == title && incident.Severity == severity && incident.Started == started
            && incident.Parts.Count == parts.Count && incident.Parts.All(p => parts.TryGetValue(p.Key, out var s) && s == p.Value);
        if (same)
            return;
        var before = Laying(incident);
        (incident.Title, incident.Severity, incident.Parts, incident.Started) = (title, severity, parts, started);
        Incident("incident.updated", incident);
        Recompute(Difference(before, Laying(incident)));
    }

    public void Schedule(Work window)
    {
        Windows.Add(window);
        Maintenance("maintenance.scheduled", window);
        if (window.Start <= Now)
            Begin(window, byHand: false);
    }

    public void Reschedule(Work window, string title, string message, HashSet<int> parts, DateTime start, DateTime end)
    {
        if (window.Title == title && window.Message == message && window.Parts.SetEquals(parts) && window.Start == start && window.End == end)
            return;
        (window.Title, window.Message, window.Parts, window.Start, window.End) = (title, message, parts, start, end);
        Maintenance("maintenance.scheduled", window);
        if (window.Start <= Now)
            Begin(window, byHand: false);
    }

    public void Begin(Work window, bool byHand)
    {
        window.Phase = Phase.Running;
        if (byHand)
            window.Start = Now;
        Maintenance("maintenance.started", window);
        Recompute(window.Parts);
    }

    public void Complete(Work window, DateTime end)
    {
        window.Phase = Phase.Completed;
        window.End = end;
        Maintenance("maintenance.completed", window);
        Recompute(window.Parts);
    }

    /// <summary>What the clock does: the earliest first, until nothing is due.</summary>
    public void Tick()
    {
        while (Windows.Any(IsDue))
        {
            foreach (var window in Windows.Where(IsDue).OrderBy(w => w.Phase == Phase.Scheduled ? w.Start : w.End).ThenBy(w => w.Id).ToList())
            {
                if (window.Phase == Phase.Scheduled)
                    Begin(window, byHand: false);
                else
                    Complete(window, Now - window.End < TimeSpan.FromMinutes(1) ? window.End : Now);
            }
        }
    }

    private bool IsDue(Work window) =>
        (window.Phase == Phase.Scheduled && window.Start <= Now) || (window.Phase == Phase.Running && window.End <= Now);

    private static Dictionary<int, ComponentStatus> Laying(Trouble incident) => incident.Status == IncidentStatus.Resolved
        ? []
        : incident.Parts.Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value!.Value);

    private static IEnumerable<int> Difference(Dictionary<int, ComponentStatus> before, Dictionary<int, ComponentStatus> after) =>
        before.Keys.Union(after.Keys).Where(id => !(before.TryGetValue(id, out var b) && after.TryGetValue(id, out var a) && a == b));

    private IEnumerable<ComponentStatus> Laid(Part part) => Incidents
        .Where(i => i.Status != IncidentStatus.Resolved && i.Parts.TryGetValue(part.Id, out var s) && s is not null)
        .Select(i => i.Parts[part.Id]!.Value);

    private void Recompute(IEnumerable<int> ids)
    {
        var touched = ids.ToHashSet();
        foreach (var part in Parts.Where(p => touched.Contains(p.Id)).ToList())
        {
            var laid = Laid(part).ToList();
            var status = laid.Count > 0 ? laid.OrderByDescending(Badness).First()
                : Windows.Any(w => w.Phase == Phase.Running && w.Parts.Contains(part.Id)) ? ComponentStatus.Maintenance
                : part.Own;
            Change(part, status);
        }
    }

    private static int Badness(ComponentStatus status) => Array.IndexOf(
        [ComponentStatus.Operational, ComponentStatus.Maintenance, ComponentStatus.Degraded, ComponentStatus.PartialOutage, ComponentStatus.MajorOutage], status);

    private void Change(Part part, ComponentStatus status)
    {
        if (part.Status == status)
            return;
        var previous = part.Status;
        part.Status = status;
        part.History.Add((Now, status));
        Component("component.status_changed", part, previous, status, Uptime(part));
    }

    private string Uptime(Part part)
    {
        decimal up = 0, down = 0;
        var from = Now.AddDays(-90) > part.Born ? Now.AddDays(-90) : part.Born;
        for (var i = 0; i < part.History.Count; i++)
        {
            var begin = part.History[i].At > from ? part.History[i].At : from;
            var end = i + 1 < part.History.Count ? part.History[i + 1].At : Now;
            var seconds = end > begin ? (decimal)(end - begin).TotalSeconds : 0;
            if (part.History[i].Status is ComponentStatus.PartialOutage or ComponentStatus.MajorOutage)
                down += seconds;
            else if (part.History[i].Status != ComponentStatus.Maintenance)
                up += seconds;
        }
        var percent = up + down == 0 ? 100 : Math.Floor(up * 10_000 / (up + down)) / 100;
        return percent.ToString("0.##", CultureInfo.InvariantCulture);
    }

    private void Component(string type, Part part, ComponentStatus? previous, ComponentStatus? next, string uptime) => _raised.Add(
        $"{type} {{\"id\":{part.Id},\"name\":\"{part.Name}\",\"previousStatus\":{Quoted(previous)},\"newStatus\":{Quoted(next)},\"uptimePercent\":{uptime}}}");

    private static string Quoted(ComponentStatus? status) => status is { } s ? $"\"{s.WireName()}\"" : "null";

    private void Incident(string type, Trouble incident) => _raised.Add(
        $"{type} {{\"id\":{incident.Id},\"title\":\"{incident.Title}\",\"status\":\"{incident.Status.WireName()}\",\"severity\":\"{incident.Severity.WireName()}\","
        + $"\"message\":\"{incident.Latest}\",\"components\":[{Names(incident.Parts.Keys)}],\"startedAt\":\"{Instant(incident.Started)}\"}}");

    private void Maintenance(string type, Work window) => _raised.Add(
        $"{type} {{\"id\":{window.Id},\"title\":\"{window.Title}\",\"message\":\"{window.Message}\",\"components\":[{Names(window.Parts)}],"
        + $"\"windowStart\":\"{Instant(window.Start)}\",\"windowEnd\":\"{Instant(window.End)}\"}}");

    private string Names(IEnumerable<int> ids)
    {
        var touched = ids.ToHashSet();
        return string.Join(',', Parts.Where(p => touched.Contains(p.Id)).Select(p => $"\"{p.Name}\""));
    }

    private static string Instant(DateTime at) => at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
