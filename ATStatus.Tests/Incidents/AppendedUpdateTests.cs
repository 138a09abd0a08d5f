using System.Data.Common;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Incidents;

/// <summary>Two operators work on one incident, each from the same older state: what they append and what only one of them changed stays.</summary>
public sealed class AppendedUpdateTests : IAsyncLifetime
{
    private static readonly Actor Ada = new("ada@example.com");
    private static readonly Actor Bea = new("bea@example.com");
    private readonly AtTheSameMoment _other = new();
    private CoreApp _app = null!;
    private IncidentDetail _seen = null!;

    private IncidentService Incidents => _app.Get<IncidentService>();

    private IncidentEditInput Seen => new(_seen.Row.Title, _seen.Row.StartedAt);

    private IncidentUpdateInput Update => new(null, "An update.")
    {
        SeenStatus = _seen.Row.Status,
        SeenSeverity = _seen.Row.Severity,
        Components = _seen.Affected,
        SeenComponents = _seen.Affected,
    };

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(more: services => services.ConfigureDbContext<SqliteAtStatusDbContext>(options => options.AddInterceptors(_other)));
        var page = await _app.SampleDataAsync();
        var id = await Incidents.CreateAsync(
            new IncidentInput(page.Id, "API down", IncidentSeverity.Minor, IncidentStatus.Investigating, "First.", [new(1, ComponentStatus.Degraded)]), Ada);
        _seen = (await _app.Get<IncidentQueries>().FindAsync(id))!;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Two_messages_both_stay()
    {
        await PostAsync(new(null, "Bea's."), Bea);
        await PostAsync(new(null, "Ada's."), Ada);

        Assert.Equal(["Ada's.", "Bea's.", "First."], (await NowAsync()).Updates.Select(u => u.Message));
        Assert.Equal(2, await CountAsync(EventType.IncidentUpdated));
    }

    [Fact]
    public async Task A_message_leaves_what_somebody_else_has_set()
    {
        await PostAsync(new(IncidentStatus.Identified, "Bea's.") { SeenStatus = IncidentStatus.Investigating }, Bea);
        await PostAsync(Update with { Severity = IncidentSeverity.Critical, Components = [new(1, ComponentStatus.MajorOutage)] }, Bea);
        await PostAsync(Update with { Message = "Ada's." }, Ada);

        var now = await NowAsync();
        Assert.Equal((IncidentStatus.Identified, IncidentSeverity.Critical), (now.Row.Status, now.Row.Severity));
        Assert.Equal([new(1, ComponentStatus.MajorOutage)], now.Affected);
        Assert.Equal(["Ada's.", "An update.", "Bea's.", "First."], now.Updates.Select(u => u.Message));
        Assert.Equal(IncidentStatus.Identified, now.Updates[0].Status);
    }

    [Fact]
    public async Task A_message_after_somebody_else_has_resolved_it_is_appended_and_does_not_open_it()
    {
        await PostAsync(new(IncidentStatus.Resolved, "Over.") { SeenStatus = IncidentStatus.Investigating }, Bea);
        await PostAsync(new(null, "Thanks for waiting."), Ada);

        Assert.Equal(IncidentStatus.Resolved, (await NowAsync()).Row.Status);
        Assert.Equal((1, 1), (await CountAsync(EventType.IncidentResolved), await CountAsync(EventType.IncidentUpdated)));
    }

    [Theory]
    [InlineData(IncidentStatus.Resolved, IncidentStatus.Resolved, "Somebody else resolved this incident")]
    [InlineData(IncidentStatus.Resolved, IncidentStatus.Monitoring, "Somebody else set this incident to Resolved")]
    [InlineData(IncidentStatus.Identified, IncidentStatus.Resolved, "Somebody else set this incident to Identified")]
    public async Task Of_two_who_set_the_status_the_second_is_told(IncidentStatus theirs, IncidentStatus mine, string words)
    {
        await PostAsync(new(theirs, "Bea's.") { SeenStatus = IncidentStatus.Investigating }, Bea);
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(
            () => PostAsync(new(mine, "Ada's.") { SeenStatus = IncidentStatus.Investigating }, Ada));

        Assert.StartsWith(words, refused.Message, StringComparison.Ordinal);
        Assert.Equal(["Bea's.", "First."], (await NowAsync()).Updates.Select(u => u.Message));
    }

    [Fact]
    public async Task Two_who_set_the_same_status_agree()
    {
        await PostAsync(new(IncidentStatus.Identified, "Bea's.") { SeenStatus = IncidentStatus.Investigating }, Bea);
        await PostAsync(new(IncidentStatus.Identified, "Ada's.") { SeenStatus = IncidentStatus.Investigating }, Ada);
        Assert.Equal(3, (await NowAsync()).Updates.Count);
    }

    [Fact]
    public async Task Changes_of_different_things_are_brought_together()
    {
        await Incidents.EditAsync(_seen.Row.Id, _seen.Version, Seen with { Title = "API and Web down", Seen = Seen });
        await PostAsync(Update with { Components = [.. _seen.Affected, new(2)] }, Bea);
        await PostAsync(Update with { Severity = IncidentSeverity.Major, Components = [new(1, ComponentStatus.PartialOutage), new(3)] }, Ada);

        var now = await NowAsync();
        Assert.Equal(("API and Web down", IncidentSeverity.Major), (now.Row.Title, now.Row.Severity));
        Assert.Equal([new(1, ComponentStatus.PartialOutage), new(2), new(3)], now.Affected.OrderBy(a => a.ComponentId));
    }

    [Theory]
    [InlineData("title")]
    [InlineData("started")]
    public async Task Edits_of_the_same_thing_are_a_conflict(string what)
    {
        await Incidents.EditAsync(_seen.Row.Id, _seen.Version, Change(first: true));
        var before = await NowAsync();
        await Assert.ThrowsAsync<EditConflictException>(() => Incidents.EditAsync(_seen.Row.Id, _seen.Version, Change(first: false)));
        Assert.Equal(before.Version, (await NowAsync()).Version);

        IncidentEditInput Change(bool first) => what switch
        {
            "title" => Seen with { Title = first ? "Theirs" : "Mine" },
            _ => Seen with { StartedAt = _app.Now.AddHours(first ? -1 : -2) },
        } with
        { Seen = Seen };
    }

    [Theory]
    [InlineData("severity", "Somebody else set the severity to Critical")]
    [InlineData("component", "Someone else changed the status of API")]
    [InlineData("unticked", "Someone else changed the components")]
    public async Task Updates_of_the_same_thing_are_refused(string what, string words)
    {
        await PostAsync(Change(first: true), Bea);
        var before = await NowAsync();
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(() => PostAsync(Change(first: false), Ada));
        Assert.StartsWith(words, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before.Version, (await NowAsync()).Version);

        IncidentUpdateInput Change(bool first) => what switch
        {
            "severity" => Update with { Severity = first ? IncidentSeverity.Critical : IncidentSeverity.Major },
            "component" => Update with { Components = [new(1, first ? ComponentStatus.MajorOutage : ComponentStatus.PartialOutage)] },
            _ => Update with { Components = first ? [] : [new(1, ComponentStatus.PartialOutage)] },
        };
    }

    [Fact]
    public async Task A_correction_and_an_update_do_not_meet()
    {
        await PostAsync(new(null, "Bea's."), Bea);
        await Incidents.CorrectMessageAsync(_seen.Row.Id, _seen.Version, _seen.Updates[0].Id, "First, corrected.", "First.");
        Assert.Equal(["Bea's.", "First, corrected."], (await NowAsync()).Updates.Select(u => u.Message));
        await Assert.ThrowsAsync<EditConflictException>(
            () => Incidents.CorrectMessageAsync(_seen.Row.Id, _seen.Version, _seen.Updates[0].Id, "Otherwise.", "First."));
    }

    [Fact]
    public async Task An_incident_that_is_deleted_takes_no_update()
    {
        await PostAsync(new(IncidentStatus.Resolved, "Over.") { SeenStatus = IncidentStatus.Investigating }, Bea);
        await Incidents.DeleteAsync(_seen.Row.Id, (await NowAsync()).Version, keepDowntime: true);
        await Assert.ThrowsAsync<NotFoundException>(() => PostAsync(new(null, "Ada's."), Ada));
    }

    [Theory]
    [InlineData("update")]
    [InlineData("edit")]
    [InlineData("status")]
    public async Task Somebody_who_writes_at_the_same_moment_is_waited_for(string what)
    {
        // Between reading and saving, as on SQL Server: the row has another version than the one that was read.
        _other.Comes = 2;
        await (what switch
        {
            "update" => PostAsync(new(null, "Ada's."), Ada),
            "edit" => Incidents.EditAsync(_seen.Row.Id, _seen.Version, Seen with { Title = "Mine", Seen = Seen }),
            _ => _app.Get<ComponentService>().SetStatusAsync(2, ComponentStatus.MajorOutage),
        });

        Assert.Equal(0, _other.Comes);
        Assert.Equal(what == "status" ? 1 : 0, await CountAsync(EventType.ComponentStatusChanged) - 1);
        Assert.Equal(what == "status" ? 0 : 1, await CountAsync(EventType.IncidentUpdated));
    }

    [Fact]
    public async Task An_incident_laid_over_a_component_at_the_same_moment_as_another_begins_anew()
    {
        // Its status stays Degraded; that the other one was there is seen by the component's version alone.
        _other.Comes = 2;
        await Incidents.CreateAsync(
            new IncidentInput(1, "Web down", IncidentSeverity.Minor, IncidentStatus.Investigating, "First.", [new(1, ComponentStatus.Degraded)]), Bea);
        Assert.Equal((0, 2), (_other.Comes, await CountAsync(EventType.IncidentCreated)));
        await using var db = _app.Open();
        Assert.Equal(2, await db.ComponentStatements.CountAsync(s => s.ComponentId == 1 && s.Source == StatementSource.Incident && s.To == null));
    }

    [Theory]
    [InlineData("resolve")]
    [InlineData("times")]
    [InlineData("delete")]
    public async Task An_incident_that_is_laid_over_its_component_at_the_same_moment_is_seen_and_stays(string what)
    {
        if (what == "delete")
            await PostAsync(new(IncidentStatus.Resolved, "Over.") { SeenStatus = IncidentStatus.Investigating }, Bea);
        var (version, raised) = ((await NowAsync()).Version, await CountAsync(EventType.ComponentStatusChanged));
        _other.LaysOver = true;
        await (what switch
        {
            "resolve" => PostAsync(new(IncidentStatus.Resolved, "Over.") { SeenStatus = IncidentStatus.Investigating }, Ada),
            "times" => Incidents.EditAsync(_seen.Row.Id, version, Seen with { StartedAt = _app.Now.AddHours(-1), Seen = Seen }),
            _ => Incidents.DeleteAsync(_seen.Row.Id, version, keepDowntime: false),
        });

        Assert.False(_other.LaysOver);
        await using var db = _app.Open();
        var said = Assert.Single(await db.ComponentStatements
            .Where(s => s.ComponentId == 1 && s.Source == StatementSource.Incident && s.SourceId != _seen.Row.Id).ToListAsync());
        Assert.Null(said.To);
        if (what == "delete")
            return;
        Assert.Equal(ComponentStatus.Degraded, (await db.Components.SingleAsync(c => c.Id == 1)).Status);
        Assert.Equal(raised, await CountAsync(EventType.ComponentStatusChanged));
    }

    private Task PostAsync(IncidentUpdateInput input, Actor actor) => Incidents.PostUpdateAsync(_seen.Row.Id, _seen.Version, input, actor);

    private async Task<IncidentDetail> NowAsync() => (await _app.Get<IncidentQueries>().FindAsync(_seen.Row.Id))!;

    private async Task<int> CountAsync(EventType type)
    {
        await using var db = _app.Open();
        return await db.Events.CountAsync(e => e.Type == type);
    }

    /// <summary>Writes the rows that are about to be saved, as often as it is told to.</summary>
    private sealed class AtTheSameMoment : ISaveChangesInterceptor, IDbConnectionInterceptor
    {
        private const string RaiseComponents = "UPDATE Components SET Version = Version + 1";
        private bool _hasLaidOver;

        public int Comes { get; set; }

        /// <summary>
        /// Lays another incident of the same status over the first component, once, while somebody else is about to save that component.
        /// </summary>
        public bool LaysOver { get; set; }

        public async ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (Comes > 0 && eventData.Context!.ChangeTracker.Entries().Any(e => e.State == EntityState.Modified))
            {
                Comes--;
                await eventData.Context.Database.ExecuteSqlRawAsync("UPDATE Incidents SET Version = Version + 1", cancellationToken);
                await eventData.Context.Database.ExecuteSqlRawAsync(RaiseComponents, cancellationToken);
            }
            if (LaysOver && eventData.Context!.ChangeTracker.Entries<Component>().Any(e => e.State == EntityState.Modified))
            {
                // What the other one has committed is undone here together with this one's transaction, so it is made again after that.
                (LaysOver, _hasLaidOver) = (false, true);
                await eventData.Context.Database.ExecuteSqlRawAsync(RaiseComponents, cancellationToken);
            }
            return result;
        }

        public async ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            if (!_hasLaidOver)
                return result;
            _hasLaidOver = false;
            await using var other = new SqliteConnection(connection.ConnectionString);
            await other.OpenAsync(cancellationToken);
            await using var command = other.CreateCommand();
            command.CommandText = RaiseComponents + """
                ;
                INSERT INTO ComponentStatements (ComponentId, Source, SourceId, Status, Overrides, SinceStart, SavedAt, "From")
                SELECT ComponentId, Source, SourceId + 1000, Status, Overrides, SinceStart, SavedAt, "From" FROM ComponentStatements
                WHERE ComponentId = 1 AND Source = 'Incident';
                """;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return result;
        }
    }
}
