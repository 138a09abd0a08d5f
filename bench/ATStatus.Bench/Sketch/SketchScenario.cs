using System.Collections.Concurrent;
using System.Globalization;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Webhook;
using Hangfire;
using Hangfire.InMemory;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ATStatus.Bench.Sketch;

/// <summary>How the sketch is built, to be compared: <c>thread,late,fan=50,group=256,patience=5</c>.</summary>
internal sealed record SketchShape
{
    /// <summary>The writer is a thread of its own; else a task that runs while there is something to write.</summary>
    public bool Thread { get; private init; } = true;

    /// <summary>Free places are given, and claims formed, when the writer begins a group; else as soon as a place is free.</summary>
    public bool Late { get; private init; } = true;

    /// <summary>Claims are found by the rows' numbers; else by event and notifications.</summary>
    public bool ByNumber { get; private init; } = true;

    /// <summary>The change is saved through EF; else only event and rows, by plain statements.</summary>
    public bool Ef { get; private init; } = true;

    /// <summary>A claim is one statement for each row, by its number.</summary>
    public bool Each { get; private init; } = true;

    /// <summary>What the writer has waiting is written into each save's transaction too, and rides on its flush to the disk.</summary>
    public bool Ride { get; private init; }

    public int Fan { get; private init; } = 50;

    public int Group { get; private init; } = 256;

    /// <summary>So many milliseconds results wait for a fuller group while claims are written without them; 0: not at all.</summary>
    public int Patience { get; private init; }

    public int Workers { get; private init; } = Throughput.Workers;

    public static SketchShape Parse(string text)
    {
        var shape = new SketchShape();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var number = part.Contains('=', StringComparison.Ordinal) ? int.Parse(part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture) : 0;
            shape = part.Split('=')[0] switch
            {
                "ride" => shape with { Ride = true },
                "json" => shape with { Each = false },
                "task" => shape with { Thread = false },
                "early" => shape with { Late = false },
                "notifications" => shape with { ByNumber = false, Each = false },
                "plain" => shape with { Ef = false },
                "fan" => shape with { Fan = number },
                "group" => shape with { Group = number },
                "patience" => shape with { Patience = number },
                "workers" => shape with { Workers = number },
                _ => throw new ArgumentException($"No such part: {part}", nameof(text)),
            };
        }
        return shape;
    }
}

/// <summary>
/// The engine to be: one Hangfire job per saved event, places before claims, the product's own POST, one writer for claims and results.
/// </summary>
internal sealed class SketchScenario : Scenario
{
    private static SketchScenario _self = null!;

    private readonly SketchShape _shape;
    private readonly ConsoleUnderTest _console;
    private readonly SketchStore _store;
    private readonly SketchStore _saves;
    private readonly WebhookSender _sender;
    private readonly IDbContextFactory<AtStatusDbContext> _contexts;
    private readonly BackgroundJobClient _client;
    private readonly BackgroundJobServer _server;
    private readonly List<(int Id, string Name)> _notifications;
    private readonly Dictionary<int, Uri> _urls;
    private readonly ConcurrentDictionary<long, Run> _runs = new();

    // The process's places, and the runs that wait for some, in turn.
    private readonly Lock _lock = new();
    private readonly LinkedList<Run> _waiting = new();
    private int _places;
    private int _unrecorded;

    private readonly ConcurrentQueue<Batch> _claims = new();
    private readonly ConcurrentQueue<Sent> _results = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly SemaphoreSlim _semaphore = new(1, 1);
    private volatile bool _isDisposed;
    private int _writing;
    private long _oldestResult;

    private int _done;
    private int _subject;
    private long _groups;
    private long _grouped;
    private long _claimed;
    private long _statements;
    private long _commitTicks;
    private long _writeTicks;

    private SketchScenario(SketchShape shape, ConsoleUnderTest console, string file, List<(int Id, string Name)> notifications, Uri url)
    {
        _shape = shape;
        _console = console;
        _notifications = notifications;
        _urls = notifications.ToDictionary(n => n.Id, _ => url);
        (_store, _saves) = (new SketchStore(file), new SketchStore(file));
        _sender = (WebhookSender)console.Get<IEnumerable<IDeliverySender>>().Single(s => s.Kind == WebhookSender.KindName);
        _contexts = console.Get<IDbContextFactory<AtStatusDbContext>>();
        _places = shape.Workers;
        _self = this;
        var storage = new InMemoryStorage();
        GlobalConfiguration.Configuration.UseStorage(storage);
        _client = new BackgroundJobClient(storage);
        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = shape.Workers }, storage);
        if (shape.Thread)
            new Thread(WriterThread) { IsBackground = true, Name = "Writer" }.Start();
    }

    public override int Portion => _shape.Fan > 5_000 ? _shape.Fan : 5_000;

    public static async Task<SketchScenario> StartAsync(Uri url, string shape)
    {
        var parsed = SketchShape.Parse(shape);
        var console = await ConsoleUnderTest.StartAsync();
        await console.NotificationAsync("Bench 0", url, EventType.ComponentCreated);
        await console.CopyNotificationAsync(parsed.Fan);
        await console.HaltAsync();
        return new SketchScenario(parsed, console, await console.FileAsync(), await console.NotificationNamesAsync(), url);
    }

    public override async Task SendAsync(int count)
    {
        Volatile.Write(ref _done, 0);
        for (var i = 0; i < count; i += _shape.Fan)
            await SaveAsync();
        while (Volatile.Read(ref _done) < count)
            await Task.Delay(5);
    }

    public override async ValueTask DisposeAsync()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"groups of {_grouped / (double)_groups:F0} results, {_claimed / (double)_statements:F1} rows a claim, commit {_commitTicks / (double)_groups / TimeSpan.TicksPerMillisecond:F2} ms, write {_writeTicks / (double)_groups / TimeSpan.TicksPerMillisecond:F2} ms"));
        var left = _store.Number("SELECT COUNT(*) FROM Deliveries WHERE State <> 'Delivered'");
        var attempts = _store.Number("SELECT COUNT(*) - (SELECT COUNT(*) FROM Deliveries) FROM DeliveryAttempts");
        var hours = _store.Number("SELECT SUM(Count) - (SELECT COUNT(*) FROM DeliveryAttempts) FROM AttemptHours");
        Console.WriteLine($"left {left}, attempts off by {attempts}, hours off by {hours}");
        _server.Dispose();
        _isDisposed = true;
        _work.Release();
        _store.Dispose();
        _saves.Dispose();
        await _console.DisposeAsync();
    }

    // ---- the save

    private async Task SaveAsync()
    {
        var now = DateTime.UtcNow;
        var subject = ++_subject;
        Run run;
        await _semaphore.WaitAsync();
        try
        {
            run = _shape.Ef ? await SaveChangeAsync(now, subject) : SavePlainly(now, subject);
        }
        finally
        {
            _semaphore.Release();
        }
        _runs[run.Event] = run;
        _client.Enqueue<EventJob>(job => job.RunAsync(run.Event));
    }

    private Run SavePlainly(DateTime now, int subject)
    {
        var payload = Payload(now, subject);
        _saves.Begin();
        var (number, first) = _saves.Save(now, payload, subject, $"Part {subject}", _notifications);
        _saves.Commit();
        return new Run(number, first, payload, _notifications);
    }

    private async Task<Run> SaveChangeAsync(DateTime now, int subject)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var page = await db.StatusPages.SingleAsync(p => p.Id == _console.Page);
        var position = await db.Components.Where(c => c.StatusPageId == page.Id).MaxAsync(c => (int?)c.Position) ?? 0;
        var component = new Component { StatusPageId = page.Id, Name = $"Part {subject}", IsVisible = true, Position = position + 1, CreatedAt = now };
        db.Components.Add(component);
        await db.SaveChangesAsync();
        _ = await db.Notifications.AsNoTracking().OrderBy(n => n.Id).Select(n => new { n.Id, n.Version }).ToListAsync();
        var payload = Payload(now, component.Id);
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        _ = transaction.GetDbTransaction();
        using var row = new RawStatement(connection, SketchStore.Delivery);
        using var insert = new RawStatement(connection, SketchStore.Event);
        insert.Bind("ComponentCreated").Bind(now).Bind(1).Bind(component.Id).Bind(component.Name).Bind(payload).Bind(component.Name).Bind($"[{component.Id}]").Run();
        var (number, first) = (insert.LastNumber, 0L);
        var about = $"component/{component.Id}";
        foreach (var (id, name) in _notifications)
        {
            row.Bind(number).Bind(id).Bind(name).Bind(Guid.CreateVersion7()).Bind(about).Bind(now).Bind(now).Run();
            if (first == 0)
                first = row.LastNumber;
        }
        if (!_shape.Ride)
        {
            await transaction.CommitAsync();
            return new Run(number, first, payload, _notifications);
        }
        // The semaphore is held: the writer is between two groups.
        var any = Gather();
        using (var store = new SketchStore(connection))
            Write(store);
        await transaction.CommitAsync();
        if (any)
            Committed();
        return new Run(number, first, payload, _notifications);
    }

    private static byte[] Payload(DateTime now, int subject) => EventPayload.Write(
        EventType.ComponentCreated, now, new StatusPageRef(1, "Main Status", "main"), new ComponentData(subject, $"Part {subject}", null, ComponentStatus.Operational, 100m));

    // ---- the job

    /// <summary>What one event has to send.</summary>
    internal sealed class Run(long number, long first, byte[] payload, List<(int Id, string Name)> notifications)
    {
        private int _left = notifications.Count;

        public long Event => number;

        public byte[] Payload => payload;

        public int Next { get; set; }

        public int Count => notifications.Count;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Delivery(int index) => first + index;

        public int Notification(int index) => notifications[index].Id;

        public void Recorded(int count)
        {
            if (Interlocked.Add(ref _left, -count) == 0)
                Done.SetResult();
        }
    }

    private sealed record Batch(Run Run, int From, int Count);

    private sealed record Sent(Run Run, int Index, Guid Lease, SendResult Result);

    public sealed class EventJob
    {
#pragma warning disable CA1822 // Hangfire makes an instance.
        public Task RunAsync(long id) => _self.RunAsync(id);
#pragma warning restore CA1822
    }

    private Task RunAsync(long id)
    {
        if (!_runs.TryRemove(id, out var run))
            return Task.CompletedTask;
        lock (_lock)
        {
            _waiting.AddLast(run);
            if (!_shape.Late)
                GivePlaces();
        }
        Signal();
        return run.Done.Task;
    }

    /// <summary>Gives what is free to those that wait, in turn. Under the lock.</summary>
    private void GivePlaces()
    {
        while (_places > 0 && _waiting.First?.Value is { } run && _unrecorded < 4 * _shape.Workers)
        {
            var count = Math.Min(Math.Min(_places, run.Count - run.Next), 4 * _shape.Workers - _unrecorded);
            _places -= count;
            _unrecorded += count;
            _claims.Enqueue(new Batch(run, run.Next, count));
            run.Next += count;
            _waiting.RemoveFirst();
            if (run.Next < run.Count)
                _waiting.AddLast(run);
        }
    }

    private async Task SendOneAsync(Run run, int index, Guid lease)
    {
        var request = new SendRequest(_urls[run.Notification(index)], "s3cret", "component.created", Guid.NewGuid(), run.Payload);
        var result = await _sender.SendAsync(request, CancellationToken.None);
        _results.Enqueue(new Sent(run, index, lease, result));
        lock (_lock)
        {
            _places++;
            if (!_shape.Late)
                GivePlaces();
        }
        Signal();
    }

    // ---- the writer

    private void Signal()
    {
        if (_shape.Thread)
        {
            if (_work.CurrentCount == 0)
                _work.Release();
        }
        else if (Interlocked.CompareExchange(ref _writing, 1, 0) == 0)
        {
            _ = Task.Run(WriterTaskAsync);
        }
    }

    private void WriterThread()
    {
        while (!_isDisposed)
        {
            _work.Wait();
            while (true)
            {
                _semaphore.Wait();
                bool any;
                try
                {
                    any = WriteGroup();
                }
                finally
                {
                    _semaphore.Release();
                }
                if (!any)
                    break;
            }
        }
    }

    private async Task WriterTaskAsync()
    {
        do
        {
            while (HasWork())
            {
                await _semaphore.WaitAsync();
                try
                {
                    WriteGroup();
                }
                finally
                {
                    _semaphore.Release();
                }
            }
            Volatile.Write(ref _writing, 0);
        }
        while (HasWork() && Interlocked.CompareExchange(ref _writing, 1, 0) == 0);
    }

    private bool HasWork()
    {
        if (!_results.IsEmpty || !_claims.IsEmpty)
            return true;
        lock (_lock)
            return _shape.Late && _places > 0 && _waiting.Count > 0 && _unrecorded < 4 * _shape.Workers;
    }

    private readonly List<Batch> _portions = [];
    private readonly List<(Run Run, int Index, Guid Lease)> _toSend = [];
    private readonly List<Sent> _written = [];

    private bool WriteGroup()
    {
        if (!Gather())
            return false;
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        _store.Begin();
        Write(_store);
        var written = System.Diagnostics.Stopwatch.GetTimestamp();
        _store.Commit();
        _writeTicks += System.Diagnostics.Stopwatch.GetElapsedTime(begun, written).Ticks;
        _commitTicks += System.Diagnostics.Stopwatch.GetElapsedTime(written).Ticks;
        Committed();
        return true;
    }

    private bool Gather()
    {
        _portions.Clear();
        _toSend.Clear();
        _written.Clear();
        if (_shape.Late)
        {
            lock (_lock)
                GivePlaces();
        }
        while (_claims.TryDequeue(out var portion))
            _portions.Add(portion);
        TakeResults();
        return _portions.Count > 0 || _written.Count > 0;
    }

    private void Write(SketchStore store)
    {
        WriteResults(store);
        foreach (var portion in _portions)
            Claim(store, portion);
    }

    private void Committed()
    {
        _groups++;
        _grouped += _written.Count;
        lock (_lock)
            _unrecorded -= _written.Count;
        foreach (var (run, index, lease) in _toSend)
            ThreadPool.UnsafeQueueUserWorkItem(s => _ = s.Self.SendOneAsync(s.Run, s.Index, s.Lease), (Self: this, Run: run, Index: index, Lease: lease), preferLocal: false);
        foreach (var sent in _written)
            sent.Run.Recorded(1);
        Interlocked.Add(ref _done, _written.Count);
    }

    private void TakeResults()
    {
        if (_shape.Patience > 0 && _portions.Count > 0 && _results.Count < _shape.Group / 2)
        {
            // Claims go ahead; results wait for a fuller group, though not for ever.
            var now = Environment.TickCount64;
            if (_oldestResult == 0)
                _oldestResult = now;
            if (now - _oldestResult < _shape.Patience)
                return;
        }
        _oldestResult = 0;
        while (_written.Count < _shape.Group && _results.TryDequeue(out var sent))
            _written.Add(sent);
    }

    private void Claim(SketchStore store, Batch portion)
    {
        var now = DateTime.UtcNow;
        var (run, lease) = (portion.Run, Guid.NewGuid());
        if (_shape.Each)
        {
            for (var i = portion.From; i < portion.From + portion.Count; i++)
            {
                if (store[SketchStore.ClaimById].Bind(lease).Bind(now).Bind(now.AddSeconds(40)).Bind("4711").Bind(run.Delivery(i)).Run() == 1)
                    _toSend.Add((run, i, lease));
            }
            _claimed += portion.Count;
            _statements++;
            return;
        }
        var numbers = string.Join(',', Enumerable.Range(portion.From, portion.Count).Select(i => _shape.ByNumber ? run.Delivery(i) : run.Notification(i)));
        var statement = store[_shape.ByNumber ? SketchStore.ClaimByIds : SketchStore.Claims].Bind(lease).Bind(now).Bind(now.AddSeconds(40)).Bind("4711");
        if (!_shape.ByNumber)
            statement.Bind(run.Event);
        statement.Bind($"[{numbers}]").Rows((id, _) => _toSend.Add((run, (int)(id - run.Delivery(0)), lease)));
        _claimed += portion.Count;
        _statements++;
    }

    private void WriteResults(SketchStore store)
    {
        if (_written.Count == 0)
            return;
        var now = DateTime.UtcNow;
        var health = new Dictionary<int, (Sent Last, int Count)>();
        foreach (var sent in _written)
        {
            var (id, result) = (sent.Run.Delivery(sent.Index), sent.Result);
            var rows = store[SketchStore.Result].Bind(result.Failure is null ? "Delivered" : "Retrying").BindNull().BindNull().Bind(now).Bind(result.Failure?.ToString())
                .Bind(result.StatusCode ?? 0).Bind(id).Bind(sent.Lease).Run();
            if (rows != 1 || result.Failure is not null)
                throw new InvalidOperationException($"Lost: {result.Error}");
            SketchShapes.Attempt(store, id, result.StartedAt.UtcDateTime, Lines(result.RequestHeaders), Lines(result.ResponseHeaders));
            var notification = sent.Run.Notification(sent.Index);
            health[notification] = (sent, health.GetValueOrDefault(notification).Count + 1);
        }
        var hour = now.Date.AddHours(now.Hour);
        foreach (var (id, (last, count)) in health)
        {
            store[SketchStore.Health].Bind(now).Bind(now).Bind(last.Run.Delivery(last.Index)).Bind(last.Result.StartedAt.UtcDateTime).Bind(200).Bind(id).Run();
            store[SketchStore.Hour].Bind(id).Bind(hour).Bind(0).Bind(1).Bind(count).Run();
        }
    }

    private static string Lines(IReadOnlyList<KeyValuePair<string, string>> headers) =>
        string.Join('\n', headers.Select(h => $"{h.Key}: {h.Value}"));
}

/// <summary>The product's POST alone, guarded and signed, by as many loops as there are workers: what is left is the engine's.</summary>
internal sealed class PostsScenario(ConsoleUnderTest console, Uri url) : Scenario
{
    private readonly IDeliverySender _sender = console.Get<IEnumerable<IDeliverySender>>().Single(s => s.Kind == WebhookSender.KindName);
    private readonly byte[] _payload = new byte[350];

    public override int Portion => 10_000;

    public static async Task<PostsScenario> StartAsync(Uri url)
    {
        var console = await ConsoleUnderTest.StartAsync();
        await console.HaltAsync();
        return new PostsScenario(console, url);
    }

    public override Task SendAsync(int count)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, Throughput.Workers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await _sender.SendAsync(new SendRequest(url, "s3cret", "component.created", Guid.NewGuid(), _payload), CancellationToken.None);
        })));
    }

    public override ValueTask DisposeAsync() => console.DisposeAsync();
}
