using System.Text;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Model;

/// <summary>
/// Random sequences of what operators and the clock do, against <see cref="PlainModel"/>: after each operation the events
/// recorded are exactly the ones the contract asks for, in order, byte for byte.
/// </summary>
public sealed class RandomOperationsTests
{
    /// <summary>Fifty sequences of this many operations, 10,000 in all; a failure names its seed and step.</summary>
    private const int Steps = 200;

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 50)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_is_recorded_is_what_the_contract_asks_for(int seed)
    {
        await using var run = await Run.StartAsync(seed);
        for (var step = 1; step <= Steps; step++)
        {
            var what = await run.StepAsync();
            var recorded = await run.RecordedAsync();
            var expected = run.Model.TakeRaised();
            Assert.True(
                expected.SequenceEqual(recorded),
                $"Seed {seed}, step {step} ({what}):\nexpected\n  {string.Join("\n  ", expected)}\nrecorded\n  {string.Join("\n  ", recorded)}");
        }
        await run.CompareStatesAsync();
    }

    private sealed class Run : IAsyncDisposable
    {
        private static readonly Actor Operator = new("op");
        private readonly CoreApp _app;
        private readonly Random _random;
        private readonly int _page;
        private long _seen;
        private int _counter;

        private Run(CoreApp app, int seed, int page) => (_app, _random, _page) = (app, new Random(seed), page);

        public PlainModel Model { get; } = new();

        public static async Task<Run> StartAsync(int seed)
        {
            var app = await CoreApp.StartAsync(more: services => services.AddSingleton<MaintenanceClock>());
            var page = await app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Model", "model"));
            return new Run(app, seed, page);
        }

        public async Task<string> StepAsync()
        {
            _app.Time.Advance(TimeSpan.FromSeconds(_random.Next(0, 4) == 0 ? _random.Next(1, 100_000) : _random.Next(1, 600)));
            Model.Now = _app.Now;
            switch (_random.Next(16))
            {
                case 0 or 1 when Model.Parts.Count < 7:
                    return await AddPartAsync();
                case 2 when Model.Parts.Count > 3:
                    var gone = Any(Model.Parts);
                    await _app.Get<ComponentService>().DeleteAsync(gone.Id);
                    Model.RemovePart(gone);
                    return "delete component";
                case 3 or 4 when Model.Parts.Count > 0:
                    var set = Any(Model.Parts);
                    var status = Any(ComponentStatuses.All);
                    await _app.Get<ComponentService>().SetStatusAsync(set.Id, status);
                    Model.SetByHand(set, status);
                    return $"set {set.Name} {status}";
                case 5 when Model.Parts.Count > 1:
                    return await MoveOrRenameAsync();
                case 6 or 7:
                    return await CreateIncidentAsync();
                case 8 or 9 when Model.Incidents.Count > 0:
                    return await PostAsync();
                case 10 when Model.Incidents.Count > 0:
                    return await EditAsync();
                case 11 when Model.Incidents.Count > 0:
                    return await CorrectOrDeleteAsync();
                case 12:
                    return await ScheduleAsync();
                case 13 when Model.Windows.Count > 0:
                    return await ByHandAsync();
                case 14 when Model.Windows.Any(w => w.Phase is PlainModel.Phase.Scheduled or PlainModel.Phase.Running):
                    return await RescheduleOrExtendAsync();
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

        public async Task CompareStatesAsync()
        {
            var components = await _app.Get<StatusPageQueries>().ComponentsAsync(_page);
            Assert.Equal(Model.Parts.Select(p => (p.Id, p.Name, p.Status)), components.Select(c => (c.Id, c.Name, c.Status)));
            await using var db = _app.Open();
            Assert.Equal(
                Model.Incidents.Select(i => (i.Id, i.Status)).Order(),
                (await db.Incidents.ToListAsync()).Select(i => (i.Id, i.Status)).Order());
            Assert.Equal(
                Model.Windows.Select(w => (w.Id, w.Start, w.End)).Order(),
                (await db.MaintenanceWindows.ToListAsync()).Select(w => (w.Id, w.Start, w.End)).Order());
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private T Any<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];

        private string Text(string what) => $"{what} {++_counter}";

        private bool Chance(int percent) => _random.Next(100) < percent;

        private Dictionary<int, ComponentStatus?> SomeParts() => Model.Parts.Where(_ => Chance(40))
            .ToDictionary(p => p.Id, _ => Chance(25) ? (ComponentStatus?)null : Any(ComponentStatuses.All));

        private static AffectedComponent[] Affected(Dictionary<int, ComponentStatus?> parts) => [.. parts.Select(p => new AffectedComponent(p.Key, p.Value))];

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
            await _app.Get<ComponentService>().UpdateAsync(part.Id, row.Version, new ComponentInput(null, part.Name, part.Status));
            // Saved together with the status it has, which in this form is the operator's word.
            Model.SetByHand(part, part.Status);
            return "rename component";
        }

        private async Task<string> CreateIncidentAsync()
        {
            var incident = new PlainModel.Trouble
            {
                Title = Text("Incident"),
                Severity = Any(IncidentSeverities.All),
                Status = Any(IncidentStatuses.All),
                Parts = SomeParts(),
                Started = Chance(30) ? Model.Now.AddMinutes(-_random.Next(1, 500)) : Model.Now,
                Latest = Text("Message"),
            };
            incident.Id = await _app.Get<IncidentService>().CreateAsync(
                new IncidentInput(
                    _page, incident.Title, incident.Severity, incident.Status, incident.Latest, Affected(incident.Parts),
                    incident.Started == Model.Now ? null : incident.Started),
                Operator);
            Model.Create(incident);
            return $"create {incident.Title}";
        }

        private async Task<string> PostAsync()
        {
            var incident = Any(Model.Incidents);
            var (status, message) = (Any(IncidentStatuses.All), Text("Update"));
            await _app.Get<IncidentService>().PostUpdateAsync(incident.Id, await VersionAsync(incident), new IncidentUpdateInput(status, message), Operator);
            Model.Post(incident, status, message);
            return $"post {status} to {incident.Title}";
        }

        private async Task<string> EditAsync()
        {
            var incident = Any(Model.Incidents);
            var title = Chance(50) ? incident.Title : Text("Edited");
            var severity = Chance(50) ? incident.Severity : Any(IncidentSeverities.All);
            var parts = Chance(50) ? new Dictionary<int, ComponentStatus?>(incident.Parts) : SomeParts();
            var started = Chance(80) ? incident.Started : incident.Started.AddMinutes(-5);
            await _app.Get<IncidentService>().EditAsync(
                incident.Id, await VersionAsync(incident), new IncidentEditInput(title, severity, Affected(parts), started));
            Model.Edit(incident, title, severity, parts, started);
            return $"edit {title}";
        }

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
                await Assert.ThrowsAsync<IllegalTransitionException>(() => service.DeleteAsync(incident.Id, detail.Version));
                return "delete an open incident";
            }
            await service.DeleteAsync(incident.Id, detail.Version);
            Model.Incidents.Remove(incident);
            return "delete an incident";
        }

        private async Task<string> ScheduleAsync()
        {
            var start = Minute(Model.Now.AddMinutes(_random.Next(-60, 300)));
            var window = new PlainModel.Work
            {
                Title = Text("Window"),
                Message = Text("Work"),
                Parts = [.. SomeParts().Keys],
                Start = start,
                End = Minute((start > Model.Now ? start : Model.Now).AddMinutes(_random.Next(2, 300))),
            };
            window.Id = await _app.Get<MaintenanceService>().ScheduleAsync(
                new MaintenanceInput(_page, window.Title, window.Message, window.Parts, window.Start, window.End));
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
                case 0 when window.Phase == PlainModel.Phase.Scheduled:
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
                    await service.CancelAsync(window.Id, version);
                    window.Phase = PlainModel.Phase.Cancelled;
                    return $"cancel {window.Title}";
                default:
                    await Assert.ThrowsAsync<IllegalTransitionException>(() => service.CancelAsync(window.Id, version));
                    return "cancel what is not scheduled";
            }
        }

        private async Task<string> RescheduleOrExtendAsync()
        {
            var window = Any([.. Model.Windows.Where(w => w.Phase is PlainModel.Phase.Scheduled or PlainModel.Phase.Running)]);
            var service = _app.Get<MaintenanceService>();
            var version = (await _app.Get<MaintenanceQueries>().FindAsync(window.Id))!.Version;
            var end = Minute((window.End > Model.Now ? window.End : Model.Now).AddMinutes(_random.Next(1, 60)));
            if (window.Phase == PlainModel.Phase.Running)
            {
                await service.ExtendAsync(window.Id, version, end);
                window.End = end;
                return $"extend {window.Title}";
            }
            var title = Chance(50) ? window.Title : Text("Moved");
            HashSet<int> parts = Chance(50) ? [.. window.Parts] : [.. SomeParts().Keys];
            if (Chance(30) && window.End > Model.Now)
                end = window.End;
            await service.RescheduleAsync(
                window.Id, version, new MaintenanceInput(null, title, window.Message, parts, window.Start, end));
            Model.Reschedule(window, title, window.Message, parts, window.Start, end);
            return $"reschedule {title}";
        }

        private async Task<int> VersionAsync(PlainModel.Trouble incident) => (await _app.Get<IncidentQueries>().FindAsync(incident.Id))!.Version;

        private static DateTime Minute(DateTime at) => new(at.Year, at.Month, at.Day, at.Hour, at.Minute, 0, DateTimeKind.Utc);
    }
}
