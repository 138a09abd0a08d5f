using ATStatus.Admin.Hosting.Verbs;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Persistence.SqlServer;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace ATStatus.Tests.Persistence;

/// <summary>Migrations of both providers, as far as they can be judged without a server.</summary>
public sealed class MigrationTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.SqlServer)]
    public void The_model_has_no_change_without_a_migration(DatabaseProvider provider)
    {
        using var db = Context(provider);
        Assert.NotEmpty(db.Database.GetMigrations());
        Assert.False(db.Database.HasPendingModelChanges(), $"Add a migration: dotnet ef migrations add NAME --project ATStatus.Core --context {db.GetType().Name}");
    }

    [Fact]
    public void Both_providers_have_the_same_migrations()
    {
        using var sqlite = Context(DatabaseProvider.Sqlite);
        using var sqlServer = Context(DatabaseProvider.SqlServer);
        Assert.Equal(Names(sqlite), Names(sqlServer));

        static IEnumerable<string> Names(AtStatusDbContext db) => db.Database.GetMigrations().Select(m => m[(m.IndexOf('_', StringComparison.Ordinal) + 1)..]);
    }

    [Fact]
    public void Every_script_of_the_sql_server_migrations_parses()
    {
        using var db = Context(DatabaseProvider.SqlServer);
        var migrator = db.GetService<IMigrator>();
        var steps = new[] { Migration.InitialDatabase }.Concat(db.Database.GetMigrations()).ToList();
        var scripts = new List<string> { migrator.GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent) };
        foreach (var (from, to) in steps.Zip(steps.Skip(1)))
        {
            scripts.Add(migrator.GenerateScript(from, to));
            scripts.Add(migrator.GenerateScript(to, from));
        }
        Assert.All(scripts, script => Assert.Empty(ErrorsOf(script)));
        // Each does something beside keeping the list of migrations; one may be about indexes, or about rows, alone.
        Assert.All(scripts, script => Assert.Matches("(CREATE|ALTER|DROP) (TABLE|(UNIQUE )?INDEX)|(INSERT INTO|DELETE FROM) AspNetRoles", script));
    }

    [Fact]
    public void No_batch_names_what_it_adds_itself()
    {
        // Such a batch is refused when it is compiled, before any of it has run (errors 207 and 208): what is in EXEC is compiled when
        // its turn comes.
        using var db = Context(DatabaseProvider.SqlServer);
        var migrator = db.GetService<IMigrator>();
        var steps = new[] { Migration.InitialDatabase }.Concat(db.Database.GetMigrations()).ToList();
        var scripts = steps.Zip(steps.Skip(1)).SelectMany(s => new[] { migrator.GenerateScript(s.First, s.Second), migrator.GenerateScript(s.Second, s.First) });
        Assert.All(scripts.Prepend(SqlServerScript.Migrations()), script => Assert.Empty(OwnNames.In(script)));
    }

    [Theory]
    [InlineData("ALTER TABLE [t] ADD [a] int NULL; UPDATE [t] SET [a] = 1;", "a")]
    [InlineData("ALTER TABLE [t] ADD [a] int NULL; SELECT [b] FROM [t] WHERE \"A\" = 1;", "A")]
    [InlineData("IF 1 = 1 BEGIN ALTER TABLE [t] ADD [a] int NULL; END; IF 1 = 1 BEGIN INSERT INTO [u] ([a]) VALUES (1); END;", "a")]
    [InlineData("CREATE TABLE [t] ([a] int); INSERT INTO [t] ([b]) VALUES (1);", "t")]
    [InlineData("ALTER TABLE [t] ADD [a] int NULL; EXEC(N'UPDATE [t] SET [a] = 1');", null)]
    [InlineData("ALTER TABLE [t] ADD [a] int NULL; CREATE INDEX [i] ON [t] ([a]);", null)]
    [InlineData("ALTER TABLE [t] ADD [a] int NULL;\nGO\nUPDATE [t] SET [a] = 1;", null)]
    public void A_batch_that_names_what_it_adds_is_found(string script, string? name) => Assert.Equal(name is null ? [] : [name], OwnNames.In(script));

    [Fact]
    public void The_script_for_a_database_administrator_parses_and_has_every_table()
    {
        var script = DatabaseScriptVerb.Script();
        Assert.Empty(ErrorsOf(script));
        using var db = Context(DatabaseProvider.SqlServer);
        Assert.All(db.Database.GetMigrations(), migration => Assert.Contains($"N'{migration}'", script, StringComparison.Ordinal));
        Assert.Contains("CREATE TABLE [HangFire].[Job]", script, StringComparison.Ordinal);
        // Names in quotes, and indexes with a filter, need it before anything else is read.
        Assert.Matches(@"\A(--[^\n]*\n)+SET [^;]*QUOTED_IDENTIFIER[^;]* ON;\r?\nSET NUMERIC_ROUNDABORT OFF;\r?\nGO\r?\n", script);
        Assert.Empty(OwnNames.In(script[..script.IndexOf("[HangFire]", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task Of_recoveries_that_run_at_once_the_first_goes_on_after_the_upgrade()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var database = TestDatabase.Sqlite();
        await using var db = new SqliteAtStatusDbContext(
            new DbContextOptionsBuilder<SqliteAtStatusDbContext>().UseSqlite(database.Options.ConnectionString).Options);
        await db.GetService<IMigrator>().MigrateAsync("ComponentStatements", stop);
        await db.Database.ExecuteSqlRawAsync(
            """
            INSERT INTO "Notifications" ("Id", "Kind", "Name", "Enabled", "ProtectedUrl", "DisplayUrl", "TlsTrust", "CreatedAt", "Version",
                "AllPages", "AllComponents", "InOrder", "StandardWebhooks")
                VALUES (1, 'webhook', 'One', 1, '', '', 'System', '2026-01-01', 0, 1, 1, 0, 0),
                (2, 'webhook', 'Two', 1, '', '', 'System', '2026-01-01', 0, 1, 1, 0, 0);
            INSERT INTO "Recoveries" ("Id", "NotificationId", "Since", "Failed", "Skipped", "UpTo", "Done", "Total", "Reopened", "RequestedBy", "RequestedAt", "FinishedAt", "IsCancelled")
                VALUES (1, 1, '2026-01-01', 1, 1, 9, 0, 9, 9, 'op', '2026-01-02 00:00:00', '2026-01-02 01:00:00', 0),
                (2, 1, '2026-01-01', 1, 1, 9, 0, 9, 0, 'op', '2026-01-03 00:00:00', NULL, 0),
                (3, 1, '2026-01-01', 1, 1, 9, 0, 9, 0, 'op', '2026-01-04 00:00:00', NULL, 0),
                (4, 1, '2026-01-01', 1, 1, 9, 0, 9, 0, 'op', '2026-01-05 00:00:00', NULL, 0),
                (5, 2, '2026-01-01', 1, 1, 9, 0, 9, 0, 'op', '2026-01-06 00:00:00', NULL, 0);
            """,
            stop);
        await db.GetService<IMigrator>().MigrateAsync(null, stop);
        var rows = await db.Recoveries.AsNoTracking().OrderBy(r => r.Id).ToListAsync(stop);
        Assert.Equal([2, 5], rows.Where(r => r.FinishedAt is null).Select(r => r.Id));
        Assert.Equal([3, 4], rows.Where(r => r.IsCancelled).Select(r => r.Id));
        Assert.Equal(new DateTime(2026, 1, 4, 0, 0, 0, DateTimeKind.Utc), rows[2].FinishedAt);
    }

    [Fact]
    public void The_parser_would_find_an_error() => Assert.NotEmpty(ErrorsOf("CREATE TABLE [x ( [a] int NOT NUL );"));

    [Fact]
    public void No_table_is_reached_by_two_cascades()
    {
        // SQL Server refuses such a foreign key when the table is made (error 1785); no parser sees that.
        using var db = Context(DatabaseProvider.SqlServer);
        foreach (var start in db.Model.GetEntityTypes())
        {
            var reached = new List<IEntityType>();
            Follow(start, reached);
            Assert.True(reached.Count == reached.Distinct().Count(), $"{start.DisplayName()} cascades twice to one table.");
        }

        static void Follow(IEntityType from, List<IEntityType> reached)
        {
            foreach (var key in from.GetReferencingForeignKeys()
                .Where(k => k.DeleteBehavior is DeleteBehavior.Cascade or DeleteBehavior.SetNull && k.DeclaringEntityType != from))
            {
                reached.Add(key.DeclaringEntityType);
                if (key.DeleteBehavior == DeleteBehavior.Cascade)
                    Follow(key.DeclaringEntityType, reached);
            }
        }
    }

    [Fact]
    public void No_index_key_is_longer_than_sql_server_takes()
    {
        using var db = Context(DatabaseProvider.SqlServer);
        // What is a JSON text within another row has no index.
        var indexes = db.GetService<IDesignTimeModel>().Model.GetEntityTypes().Where(e => !e.IsMappedToJson()).SelectMany(e =>
            e.GetIndexes().Select(i => (i.Properties, Limit: 1700)).Concat(e.GetKeys().Select(k => (k.Properties, Limit: k.IsClustered() == false ? 1700 : 900))));
        foreach (var (index, limit) in indexes)
        {
            var bytes = index.Sum(p => p.GetColumnType() switch
            {
                var type when type.StartsWith("nvarchar(max", StringComparison.Ordinal) => int.MaxValue / 100,
                var type when type.StartsWith("nvarchar", StringComparison.Ordinal) => 2 * p.GetMaxLength() ?? 0,
                var type when type.StartsWith("varbinary", StringComparison.Ordinal) => p.GetMaxLength() ?? int.MaxValue / 100,
                _ => 16,
            });
            // 1,700 bytes for an index; 900 for a clustered primary key.
            Assert.True(bytes <= limit, $"{string.Join(", ", index.Select(p => $"{p.DeclaringType.DisplayName()}.{p.Name}"))}: {bytes} bytes");
        }
    }

    private static IList<ParseError> ErrorsOf(string script)
    {
        new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(script), out var errors);
        return errors;
    }

    /// <summary>The names that a batch both adds, as a table or a column, and uses in a statement that reads or writes rows.</summary>
    private sealed class OwnNames : TSqlFragmentVisitor
    {
        private readonly HashSet<string> _added = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> _used = new(StringComparer.OrdinalIgnoreCase);

        public static IEnumerable<string> In(string script) =>
            ((TSqlScript)new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(script), out _)).Batches.SelectMany(batch =>
            {
                var names = new OwnNames();
                batch.Accept(names);
                return names._used.Where(names._added.Contains);
            });

        public override void Visit(CreateTableStatement node) => _added.Add(node.SchemaObjectName.BaseIdentifier.Value);

        public override void Visit(AlterTableAddTableElementStatement node) =>
            _added.UnionWith(node.Definition.ColumnDefinitions.Select(column => column.ColumnIdentifier.Value));

        // Statements about rows. Those about tables are compiled when their turn comes.
        public override void Visit(DataModificationSpecification node) => node.Accept(new Names(_used));

        public override void Visit(SelectStatement node) => node.Accept(new Names(_used));

        private sealed class Names(HashSet<string> used) : TSqlFragmentVisitor
        {
            public override void Visit(ColumnReferenceExpression node)
            {
                if (node.MultiPartIdentifier is { Count: > 0 } name)
                    used.Add(name[^1].Value);
            }

            public override void Visit(NamedTableReference node) => used.Add(node.SchemaObject.BaseIdentifier.Value);
        }
    }

    private static AtStatusDbContext Context(DatabaseProvider provider) => provider == DatabaseProvider.Sqlite
        ? new SqliteAtStatusDbContext(new DbContextOptionsBuilder<SqliteAtStatusDbContext>().UseSqlite("Data Source=:memory:").Options)
        : new SqlServerAtStatusDbContext(new DbContextOptionsBuilder<SqlServerAtStatusDbContext>().UseSqlServer("Server=none", SqlServerAtStatusDbContext.Configure).Options);
}
