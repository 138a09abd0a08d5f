using System.Data;
using System.Data.Common;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.SqlServer;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace ATStatus.Tests.Persistence;

/// <summary>
/// What the log's questions say to SQL Server, as far as it can be judged without one: every filter, alone and in pairs, becomes
/// statements that parse, take their values as parameters and give SQLite's hints to nobody else.
/// </summary>
public sealed class LogStatementTests
{
    private static readonly DateTime At = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

    private static readonly Func<DeliveryFilter, DeliveryFilter>[] Parts =
    [
        f => f, f => f with { NotificationId = 7 }, f => f with { State = DeliveryState.Failed }, f => f with { State = DeliveryState.Pending },
        f => f with { State = DeliveryState.Delivered }, f => f with { Since = At }, f => f with { Until = At },
        f => f with { Event = EventType.IncidentCreated }, f => f with { Failure = FailureKind.Dns }, f => f with { Status = StatusRange.Class(5) },
        f => f with { Status = StatusRange.Exactly(204) }, f => f with { IsTest = true }, f => f with { IsTest = false },
        f => f with { Text = "100% [of] it's" }, f => f with { Text = "deadbeef" }, f => f with { Text = "#12" },
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_filter_and_pair_of_them_becomes_statements_that_parse()
    {
        var server = new NoServer();
        var contexts = new Contexts(server);
        var queries = new DeliveryQueries(contexts, new TargetProtector(new EphemeralDataProtectionProvider()), TimeProvider.System);
        var export = new DeliveryExport(contexts);
        foreach (var first in Parts)
        {
            foreach (var second in Parts)
            {
                var filter = second(first(new DeliveryFilter()));
                await queries.PageAsync(filter, 1_000, null, 50, Stop);
                await queries.PageAsync(filter, null, 1_000, 50, Stop);
                await queries.CountAsync(filter, Stop);
                await foreach (var delivery in export.ReadAsync(filter, withAttempts: true, Stop))
                    Assert.Fail($"{delivery} from no server.");
            }
        }

        Assert.True(server.Statements.Count > 100, $"{server.Statements.Count} statements");
        Assert.Contains(server.Statements, s => s.Contains("LIKE", StringComparison.Ordinal));
        Assert.All(server.Statements, statement =>
        {
            new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(statement), out var errors);
            Assert.True(errors.Count == 0, $"{errors.FirstOrDefault()?.Message}: {statement}");
            Assert.DoesNotContain("INDEXED", statement, StringComparison.Ordinal);
            Assert.DoesNotContain("it's", statement, StringComparison.Ordinal);
        });
    }

    private sealed class Contexts(NoServer server) : IDbContextFactory<AtStatusDbContext>
    {
        public AtStatusDbContext CreateDbContext() => new SqlServerAtStatusDbContext(
            new DbContextOptionsBuilder<SqlServerAtStatusDbContext>().UseSqlServer("Server=none").AddInterceptors(server, server.Connections).Options);
    }

    /// <summary>Notes what it is asked, and has nothing in it.</summary>
    private sealed class NoServer : DbCommandInterceptor
    {
        public HashSet<string> Statements { get; } = [];

        public IInterceptor Connections { get; } = new Opened();

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Statements.Add(command.CommandText);
            using var table = new DataTable();
            table.Columns.Add("Value", typeof(int));
            if (command.CommandText.StartsWith("SELECT COUNT(*)", StringComparison.Ordinal))
                table.Rows.Add(0);
            return new(InterceptionResult<DbDataReader>.SuppressWithResult(table.CreateDataReader()));
        }

        private sealed class Opened : DbConnectionInterceptor
        {
            public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
                DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
                new(InterceptionResult.Suppress());
        }
    }
}
