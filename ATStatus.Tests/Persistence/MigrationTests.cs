using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Persistence.SqlServer;
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
        // Each does something to the schema beside keeping the list of migrations; one may be about indexes alone.
        Assert.All(scripts, script => Assert.Matches("(CREATE|ALTER|DROP) (TABLE|(UNIQUE )?INDEX)", script));
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
        var indexes = db.Model.GetEntityTypes().SelectMany(e =>
            e.GetIndexes().Select(i => (i.Properties, Limit: 1700)).Concat(e.GetKeys().Select(k => (k.Properties, Limit: 900))));
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

    private static AtStatusDbContext Context(DatabaseProvider provider) => provider == DatabaseProvider.Sqlite
        ? new SqliteAtStatusDbContext(new DbContextOptionsBuilder<SqliteAtStatusDbContext>().UseSqlite("Data Source=:memory:").Options)
        : new SqlServerAtStatusDbContext(new DbContextOptionsBuilder<SqlServerAtStatusDbContext>().UseSqlServer("Server=none").Options);
}
