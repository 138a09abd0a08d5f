using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ATStatus.Core.Events;
using Microsoft.Data.Sqlite;

namespace ATStatus.Bench.Sketch;

/// <summary>What each statement of the sketch costs by itself, in the shapes it could have.</summary>
internal static class SketchShapes
{
    private const int Fan = 50;

    public static async Task<int> RunAsync()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        for (var i = 0; i < Fan; i++)
            await console.NotificationAsync($"Bench {i}", new Uri("http://127.0.0.1:9/"), EventType.ComponentCreated);
        await console.HaltAsync();
        using var store = new SketchStore(await console.FileAsync());
        var notifications = await console.NotificationNamesAsync();
        Console.WriteLine($"synchronous={store.Number("PRAGMA synchronous")}, SQLite {new SqliteConnection().ServerVersion}");
        foreach (var (name, sql) in new[] { ("Claims", SketchStore.Claims), ("ClaimAll", SketchStore.ClaimAll), ("ClaimByIds", SketchStore.ClaimByIds), ("ClaimById", SketchStore.ClaimById), ("ResultsAlike", SketchStore.ResultsAlike), ("Result", SketchStore.Result) })
        {
            using var explain = store.Connection.CreateCommand();
            explain.CommandText = "EXPLAIN QUERY PLAN " + Named(sql);
            for (var i = 0; i < sql.Count(c => c == '?'); i++)
                explain.Parameters.AddWithValue($"@p{i}", DBNull.Value);
            using var plan = explain.ExecuteReader();
            while (plan.Read())
                Console.WriteLine($"  {name}: {plan.GetString(3)}");
        }
        var payload = new byte[350];
        var json = JsonSerializer.Serialize(notifications.Select(n => n.Id));
        var (request, response) = (new string('h', 330), new string('r', 20));
        var numbers = new Queue<(long Event, long First)>();
        var spent = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        var now = DateTime.UtcNow;
        var subject = 0;
        using var mds = store.Connection.CreateCommand();
        mds.CommandText = Named(SketchStore.Attempt);
        for (var i = 0; i < 16; i++)
            mds.Parameters.Add(new SqliteParameter($"@p{i}", null));
        using var mdsFresh = store.Connection.CreateCommand();
        var many = Enumerable.Range(0, 5000).Select(i => notifications[i % Fan]).ToList();
        store.Begin();
        var big = store.Save(now, payload, ++subject, "Big", many);
        var big2 = store.Save(now, payload, ++subject, "Big", many);
        // The rows need notifications of their own only for the shape of the filter.
        store.Run($"PRAGMA defer_foreign_keys=ON; UPDATE Deliveries SET NotificationId = NULL WHERE EventId = {big.Event} AND Id >= {big.First + 3000}");
        store.Commit();
        for (var round = 0; round < 60; round++)
        {
            // Saves, 5 of them in one transaction.
            Timed("1 save: event and 50 rows, raw", () => store.Begin(), () =>
            {
                for (var i = 0; i < 9; i++)
                    numbers.Enqueue(store.Save(now = DateTime.UtcNow, payload, ++subject, $"Part {subject}", notifications));
            }, 9 * Fan);
            var lease = Guid.NewGuid();
            Claim("2 claim: one UPDATE, json_each, RETURNING", () => Count(Bind(SketchStore.Claims, lease).Bind(numbers.Peek().Event).Bind(json).Rows((_, _) => { })));
            Claim("2 claim: one UPDATE, json_each of 5, RETURNING", () =>
            {
                foreach (var five in notifications.Select(n => n.Id).Chunk(5))
                    Bind(SketchStore.Claims, lease).Bind(numbers.Peek().Event).Bind(JsonSerializer.Serialize(five)).Rows((_, _) => { });
            });
            Claim("2 claim: one UPDATE, json_each of 1, RETURNING", () =>
            {
                foreach (var one in notifications)
                    Bind(SketchStore.Claims, lease).Bind(numbers.Peek().Event).Bind($"[{one.Id}]").Rows((_, _) => { });
            });
            Claim("2 claim: one UPDATE of the whole event, RETURNING", () => Count(Bind(SketchStore.ClaimAll, lease).Bind(numbers.Peek().Event).Rows((_, _) => { })));
            Claim("2 claim: a statement for each row by number", () => ById(numbers.Peek().First));
            Claim("2 claim: MDS command, json_each, RETURNING", () =>
            {
                mdsFresh.CommandText = Named(SketchStore.Claims);
                mdsFresh.Parameters.Clear();
                mdsFresh.Parameters.AddWithValue("@p0", lease);
                mdsFresh.Parameters.AddWithValue("@p1", now);
                mdsFresh.Parameters.AddWithValue("@p2", now);
                mdsFresh.Parameters.AddWithValue("@p3", "4711");
                mdsFresh.Parameters.AddWithValue("@p4", numbers.Peek().Event);
                mdsFresh.Parameters.AddWithValue("@p5", json);
                using var reader = mdsFresh.ExecuteReader();
                while (reader.Read())
                    _ = reader.GetInt64(0);
            });
            Claim("2 claim: one UPDATE by numbers in json_each, RETURNING", () =>
                Count(Bind(SketchStore.ClaimByIds, lease).Bind(Json(numbers.Peek().First)).Rows((_, _) => { })));
            Timed("7 claim 50 of an event of 5000: event + json_each of notifications", () => store.Begin(), () =>
                Bind(SketchStore.Claims, lease).Bind(big.Event).Bind(JsonSerializer.Serialize(many.Skip(round * Fan).Take(Fan).Select(n => n.Id))).Rows((_, _) => { }), Fan);
            Timed("7 claim 50 of an event of 5000: json_each of numbers", () => store.Begin(), () =>
                Bind(SketchStore.ClaimByIds, lease).Bind(Json(big2.First + round * Fan)).Rows((_, _) => { }), Fan);
            while (numbers.Count > 2)
                numbers.Dequeue();
            store.Begin();
            foreach (var (_, first) in numbers)
                ById(first);
            store.Commit();
            var (a, b) = (numbers.Dequeue().First, numbers.Dequeue().First);
            Timed("3 result: UPDATE for each row", () => store.Begin(), () =>
            {
                for (var i = a; i < a + Fan; i++)
                    Count(store[SketchStore.Result].Bind("Delivered").BindNull().BindNull().Bind(now).BindNull().Bind(200).Bind(i).Bind(lease).Run(), 1);
            }, Fan);
            Timed("3 result: one UPDATE for all that are alike", () => store.Begin(), () =>
                Count(store[SketchStore.ResultsAlike].Bind(now).Bind(200).Bind($"[{string.Join(',', Enumerable.Range(0, Fan).Select(i => b + i))}]").Run()), Fan);
            Timed("4 attempt: INSERT for each, raw", () => store.Begin(), () =>
            {
                for (var i = a; i < a + Fan; i++)
                    Attempt(store, i, now, request, response);
            }, Fan);
            Timed("4 attempt: INSERT for each, MDS prepared", () => store.Begin(), () =>
            {
                for (var i = b; i < b + Fan; i++)
                {
                    object?[] values = [i, 1, "Event", now, 3, DBNull.Value, 200, DBNull.Value, request, response, "", 0, DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value];
                    for (var p = 0; p < values.Length; p++)
                        mds.Parameters[p].Value = values[p];
                    mds.ExecuteNonQuery();
                }
            }, Fan);
            Timed("5 health: UPDATE for each notification", () => store.Begin(), () =>
            {
                foreach (var (id, _) in notifications)
                    store[SketchStore.Health].Bind(now).Bind(now).Bind(a).Bind(now).Bind(200).Bind(id).Run();
            }, Fan);
            Timed("6 hours: upsert for each notification", () => store.Begin(), () =>
            {
                var hour = now.Date.AddHours(now.Hour);
                foreach (var (id, _) in notifications)
                    store[SketchStore.Hour].Bind(id).Bind(hour).Bind(0).Bind(1).Bind(1).Run();
            }, Fan);

            void Claim(string name, Action claim)
            {
                Timed(name, () => store.Begin(), claim, Fan);
                numbers.Dequeue();
            }

            RawStatement Bind(string sql, Guid id) => store[sql].Bind(id).Bind(now).Bind(now).Bind("4711");

            void ById(long first)
            {
                for (var i = first; i < first + Fan; i++)
                    Count(Bind(SketchStore.ClaimById, lease).Bind(i).Run(), 1);
            }
        }
        foreach (var (name, times) in spent)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-55} {Median(times),7:F2} µs CPU a row"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  a commit (fsync): median {Median(_commits) / 1000:F2} ms"));
        return 0;

        void Timed(string name, Action before, Action what, int rows)
        {
            before();
            var used = Environment.CpuUsage.TotalTime;
            what();
            var took = (Environment.CpuUsage.TotalTime - used).TotalMicroseconds / rows;
            if (!spent.TryGetValue(name, out var list))
                spent[name] = list = [];
            list.Add(took);
            var watch = Stopwatch.GetTimestamp();
            store.Commit();
            _commits.Add(Stopwatch.GetElapsedTime(watch).TotalMicroseconds);
        }
    }

    private static readonly List<double> _commits = [];

    private static void Count(int rows, int expected = Fan)
    {
        if (rows != expected)
            throw new InvalidOperationException($"{rows} rows.");
    }

    public static void Attempt(SketchStore store, long delivery, DateTime startedAt, string request, string response) =>
        store[SketchStore.Attempt].Bind(delivery).Bind(1).Bind("Event").Bind(startedAt).Bind(3).BindNull().Bind(200).BindNull().Bind(request).Bind(response)
            .Bind("").Bind(0).BindNull().BindNull().BindNull().BindNull().Run();

    private static string Json(long first) => $"[{string.Join(',', Enumerable.Range(0, Fan).Select(i => first + i))}]";

    private static string Named(string sql)
    {
        var n = 0;
        return string.Concat(sql.Select(c => c == '?' ? $"@p{n++}" : c.ToString()));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
