using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Persistence.SqlServer;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace ATStatus.Tests.Persistence;

/// <summary>What plain statements say to SQL Server, as far as it can be judged without one: all that there are.</summary>
public sealed partial class RowStatementTests
{
    private static readonly DateTime At = new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc).AddTicks(1_234_567);

    public static TheoryData<string> All => [.. Statements().Keys];

    [Fact]
    public void All_are_found() => Assert.Superset(
        new HashSet<string>
        {
            "NewEvents.Insert", "NewDeliveries.Insert", "StoreReads.Deliveries", "StoreReads.Notifications", "StoreRows.ClaimOfFirst", "StoreRows.Result",
            "StoreRows.Any", "StoreRows.Attempts", "StoreRows.Health", "StoreRows.Hours", "StoreRows.Bodies", "StoreRows.Rates",
        },
        Statements().Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(All))]
    public void One_parses_and_takes_everything_in_one_parameter(string name)
    {
        var parts = PartsOf(TextOf(name));
        Assert.Equal([name.StartsWith("StoreReads.", StringComparison.Ordinal) ? "@numbers" : "@rows"], parts.Variables);
        Assert.All(parts.Hints, hint => Assert.Contains(hint, new[] { TableHintKind.UpdLock, TableHintKind.Rowlock, TableHintKind.HoldLock }));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_it_takes_has_the_types_of_the_model(string name)
    {
        var text = TextOf(name);
        var parts = PartsOf(text);
        if (name.StartsWith("StoreReads.", StringComparison.Ordinal))
        {
            Assert.Equal([("value", "bigint", "$")], parts.Passed);
            return;
        }
        using var db = Server();
        var table = Target().Match(text).Groups[1].Value;
        var entity = db.Model.GetEntityTypes().Single(e => e.GetTableName() == table);
        Assert.Equal(("#", "int", $"$[{parts.Passed.Count - 1}]"), parts.Passed[^1]);
        Assert.All(parts.Passed.SkipLast(1).Select((column, i) => (column, i)), passed =>
        {
            var property = entity.GetProperties().Single(p => p.GetColumnName() == passed.column.Name);
            Assert.Equal((property.GetColumnType(), $"$[{passed.i}]"), (passed.column.Type, passed.column.Path));
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void One_that_changes_rows_finds_them_one_by_one_and_tells_which_there_were(string name)
    {
        var text = TextOf(name);
        var parts = PartsOf(text);
        if (!text.StartsWith("UPDATE", StringComparison.Ordinal) && !text.StartsWith("DELETE", StringComparison.Ordinal))
            return;
        Assert.Equal(JoinHint.Loop, Assert.Single(parts.Joins).JoinHint);
        Assert.Equal([TableHintKind.UpdLock, TableHintKind.Rowlock], parts.Hints);
        if (text.Contains("\"Deliveries\"", StringComparison.Ordinal))
            Assert.Contains("OUTPUT inserted.\"Id\"", text, StringComparison.Ordinal);
        // What a state is compared with is a constant, or filtered indexes are not used.
        Assert.All(parts.Compared, compared => Assert.True(compared.Value is StringLiteral { IsNational: true }, $"{compared.Column}: {text}"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_an_insert_gives_back_is_a_number_that_its_table_has(string name)
    {
        var text = TextOf(name);
        if (!text.StartsWith("INSERT", StringComparison.Ordinal))
            return;
        using var db = Server();
        var table = Target().Match(text).Groups[1].Value;
        var entity = db.Model.GetEntityTypes().Single(e => e.GetTableName() == table);
        Assert.Equal(entity.FindProperty("Id") is not null, text.Contains("OUTPUT inserted.\"Id\"", StringComparison.Ordinal));
    }

    [Fact]
    public void An_events_job_claims_by_constants()
    {
        var compared = PartsOf(TextOf("StoreRows.ClaimOfFirst")).Compared;
        Assert.Equal("Pending", ((StringLiteral)Assert.Single(compared, c => c.Column == "State").Value).Value);
        Assert.Contains(DeliveryColumns.ForEventJob, TextOf("StoreRows.ClaimOfFirst"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_events_job_may_claim_is_the_same_in_a_statement_and_in_a_query()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var ask = connection.CreateCommand();
        ask.CommandText = SqlDialect.Sqlite.WithRows(
            $"""
            SELECT {DeliveryColumns.ForEventJob} FROM (
                SELECT $state AS "State", $hold AS "Hold", $own AS "IsOwn", $again AS "IsRedelivery", $test AS "IsTest", $count AS "AttemptCount") AS t
            """, null!, []);
        var claimable = 0;
        foreach (var state in Enum.GetValues<DeliveryState>())
        {
            for (var bits = 0; bits < 32; bits++)
            {
                var row = new Delivery
                {
                    NotificationName = "",
                    Kind = "",
                    State = state,
                    Hold = (bits & 1) == 0 ? null : HoldReason.Order,
                    IsOwn = (bits & 2) != 0,
                    IsRedelivery = (bits & 4) != 0,
                    IsTest = (bits & 8) != 0,
                    AttemptCount = bits >> 4,
                };
                ask.Parameters.Clear();
                (string, object)[] values =
                [
                    ("$state", $"{state}"), ("$hold", (object?)row.Hold?.ToString() ?? DBNull.Value), ("$own", row.IsOwn), ("$again", row.IsRedelivery),
                    ("$test", row.IsTest), ("$count", row.AttemptCount),
                ];
                foreach (var (name, value) in values)
                    ask.Parameters.AddWithValue(name, value);
                Assert.Equal(row.IsForEventJob, (long)ask.ExecuteScalar()! == 1);
                claimable += row.IsForEventJob ? 1 : 0;
            }
        }
        Assert.Equal(1, claimable);
    }

    private sealed record Row(long Number, string? Text, bool Flag, DateTime? At, Guid? Key, byte[]? Bytes);

    private static readonly RowStatement<Row> Some = new TableColumns<Row>("Rows").Insert();

    [Fact]
    public void No_more_than_a_thousand_rows_go_in_one_statement_and_in_their_order()
    {
        var batches = SqlServerDialect.Batches(Some, Enumerable.Range(0, 2_500).Select(i => new Row(i, null, false, null, null, null)))
            .Select(json => JsonDocument.Parse(json).RootElement).ToList();
        Assert.Equal([1_000, 1_000, 500], batches.Select(b => b.GetArrayLength()));
        Assert.Equal(Enumerable.Range(0, 2_500), batches.SelectMany(b => b.EnumerateArray().Select(row => row[0].GetInt32())));
        Assert.All(batches, b => Assert.Equal(Enumerable.Range(0, b.GetArrayLength()), b.EnumerateArray().Select(row => row[6].GetInt32())));
        Assert.True(SqlServerDialect.MostRows <= 1_000);
    }

    [Fact]
    public void Values_are_passed_as_OPENJSON_takes_them()
    {
        var key = Guid.Parse("0193a0b0-aaaa-bbbb-cccc-0123456789ef");
        var json = Assert.Single(SqlServerDialect.Batches(Some, [new Row(long.MaxValue, "É\u0001ß 😀 '\"\\", true, At, key, [1, 2, 255]), new Row(1, null, false, null, null, null)]));
        var rows = JsonDocument.Parse(json).RootElement;
        Assert.Equal(
            [long.MaxValue, "É\u0001ß 😀 '\"\\", true, "2026-01-14T12:00:00.1234567", key, "AQL/"],
            new object[] { rows[0][0].GetInt64(), rows[0][1].GetString()!, rows[0][2].GetBoolean(), rows[0][3].GetString()!, rows[0][4].GetGuid(), rows[0][5].GetString()! });
        Assert.Equal(JsonValueKind.Null, rows[1][1].ValueKind);
        Assert.Equal(JsonValueKind.False, rows[1][2].ValueKind);
    }

    [Fact]
    public void The_probes_statement_parses()
    {
        var parts = PartsOf(SqlDialect.SqlServer.SetCheckpoint);
        Assert.Equal(["@name", "@value"], parts.Variables);
    }

    [GeneratedRegex("(?:INSERT INTO|JOIN|MERGE) \"(\\w+)\"")]
    private static partial Regex Target();

    private static SqlServerAtStatusDbContext Server() => new(
        new DbContextOptionsBuilder<SqlServerAtStatusDbContext>().UseSqlServer("Server=none", SqlServerAtStatusDbContext.Configure).Options);

    private static Dictionary<string, PlainStatement> Statements() => typeof(SqlDialect).Assembly.GetTypes()
        .Where(type => !type.ContainsGenericParameters && type != typeof(SqliteDialect))
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Where(field => typeof(PlainStatement).IsAssignableFrom(field.FieldType))
        .ToDictionary(field => $"{field.DeclaringType!.Name}.{field.Name}", field => (PlainStatement)field.GetValue(null)!);

    private static string TextOf(string name)
    {
        using var db = Server();
        return Statements()[name].TextOf(db);
    }

    private static Parts PartsOf(string statement)
    {
        var read = new TSql150Parser(initialQuotedIdentifiers: true).Parse(new StringReader(statement), out var errors);
        Assert.True(errors.Count == 0, $"{errors.FirstOrDefault()?.Message}: {statement}");
        var parts = new Parts();
        read.Accept(parts);
        return parts;
    }

    private sealed class Parts : TSqlFragmentVisitor
    {
        public SortedSet<string> Variables { get; } = new(StringComparer.Ordinal);

        public List<TableHintKind> Hints { get; } = [];

        public List<QualifiedJoin> Joins { get; } = [];

        public List<(string Name, string Type, string Path)> Passed { get; } = [];

        public List<(string Column, ScalarExpression Value)> Compared { get; } = [];

        public override void Visit(VariableReference node) => Variables.Add(node.Name);

        public override void Visit(TableHint node) => Hints.Add(node.HintKind);

        public override void Visit(QualifiedJoin node) => Joins.Add(node);

        public override void Visit(SchemaDeclarationItem node) => Passed.Add((
            node.ColumnDefinition.ColumnIdentifier.Value,
            string.Concat(node.ColumnDefinition.DataType.ScriptTokenStream
                .Skip(node.ColumnDefinition.DataType.FirstTokenIndex)
                .Take(node.ColumnDefinition.DataType.LastTokenIndex - node.ColumnDefinition.DataType.FirstTokenIndex + 1)
                .Select(token => token.Text)),
            ((StringLiteral)node.Mapping).Value));

        public override void Visit(BooleanComparisonExpression node)
        {
            if (node.FirstExpression is ColumnReferenceExpression { MultiPartIdentifier: { } column } && column[0].Value == "t" && column[^1].Value is "State" or "Hold" or "SkipCause")
                Compared.Add((column[^1].Value, node.SecondExpression));
        }
    }
}
