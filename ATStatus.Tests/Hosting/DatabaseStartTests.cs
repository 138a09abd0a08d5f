using ATStatus.Admin.Hosting;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;

namespace ATStatus.Tests.Hosting;

public sealed class DatabaseStartTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fresh_start_makes_folder_and_database_for_its_own_account_alone()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { MigratedDatabase = false });
        Assert.True(File.Exists(app.DatabaseFile));
        Assert.Contains(app.Logs, line => line.Contains("Bringing the database to this version", StringComparison.Ordinal));
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(app.DatabaseFile)!));
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(app.DatabaseFile)!))
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & Others);
    }

    [Fact]
    public async Task A_second_start_on_the_same_database_migrates_nothing()
    {
        await using var app = await ConsoleApp.StartAsync();
        await app.RestartAsync();
        Assert.DoesNotContain(app.Logs, line => line.Contains("Bringing the database", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_instance_on_the_same_file_is_refused_and_the_first_goes_on()
    {
        await using var first = await ConsoleApp.StartAsync();
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = first.Folder }));
        Assert.StartsWith($"Another instance is using {first.DatabaseFile} ", refused.Message, StringComparison.Ordinal);
        using var client = first.CreateClient();
        Assert.Equal("Healthy", await client.GetStringAsync("healthz/ready", Stop));

        await first.StopAsync();
        await using var successor = await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = first.Folder });
    }

    [Fact]
    public async Task A_migration_lock_that_a_killed_process_left_does_not_hang_the_next_start()
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-");
        try
        {
            var file = Path.Combine(folder.FullName, "data", "atstatus.db");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            // What EF Core's SQLite provider leaves when it is killed before its first migration is written.
            await ScalarAsync(
                file,
                """
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock"("Id", "Timestamp") VALUES(1, '2026-01-01 00:00:00+00:00');
                """);
            var options = new ConsoleAppOptions { Folder = folder.FullName, MigratedDatabase = false };
            await using var app = await ConsoleApp.StartAsync(options).WaitAsync(TimeSpan.FromSeconds(60), Stop);
            using var client = app.CreateClient();
            Assert.Equal("Healthy", await client.GetStringAsync("healthz/ready", Stop));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_told_in_one_line()
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-");
        try
        {
            var file = Path.Combine(folder.FullName, "data", "atstatus.db");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, string.Join('\n', Enumerable.Repeat("This is not a database.", 100)), Stop);
            var refused = await Assert.ThrowsAsync<StartRefusedException>(() => ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = folder.FullName }));
            Assert.Equal($"The database {file} cannot be used: the file is not a SQLite database (SQLite error 26).", refused.Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_told_in_one_line()
    {
        var blocked = Path.GetTempFileName();
        try
        {
            var refused = await Assert.ThrowsAsync<StartRefusedException>(() => ConsoleApp.StartAsync(new ConsoleAppOptions
            {
                Settings = new() { ["ConnectionStrings:ATStatus"] = $"Data Source={blocked}/data/x.db" },
            }));
            Assert.StartsWith($"The database {blocked}", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(blocked);
        }
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_before_anything_is_written()
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-");
        try
        {
            await using (var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = folder.FullName }))
            {
            }
            var file = Path.Combine(folder.FullName, "data", "atstatus.db");
            await ScalarAsync(file, "INSERT INTO __EFMigrationsHistory VALUES ('29990101000000_Later', '99.0.0'), ('29980101000000_Sooner', '99.0.0'); PRAGMA journal_mode=DELETE;");
            var before = await File.ReadAllBytesAsync(file, Stop);

            var refused = await Assert.ThrowsAsync<StartRefusedException>(() => ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = folder.FullName }));

            Assert.StartsWith($"The database {file} was used by a newer version of this program (it has 29990101000000_Later,", refused.Message, StringComparison.Ordinal);
            Assert.Equal(before, await File.ReadAllBytesAsync(file, Stop));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Database_and_backups_that_others_can_read_are_tightened_and_nobody_else_s_files_are()
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode Open = Owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;
        var folder = Directory.CreateTempSubdirectory("atstatus-");
        try
        {
            await using (var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = folder.FullName }))
            {
            }
            var file = Path.Combine(folder.FullName, "data", "atstatus.db");
            var sub = Path.Combine(folder.FullName, "data", "sub");
            Directory.CreateDirectory(sub);
            string[] ours =
            [
                file, file + ".lock", file + ".bak", file + "-2026-11-29.gz",
                Path.Combine(folder.FullName, "data", "backup-2026-11-29.db"), Path.Combine(folder.FullName, "backup 1 #2.db"),
            ];
            string[] others =
            [
                Path.Combine(folder.FullName, "data", "notes.db"), Path.Combine(folder.FullName, "data", "other.db"), file + "x",
                Path.Combine(folder.FullName, "appsettings.json"), Path.Combine(sub, "backup.db"),
            ];
            foreach (var backup in (string[])[ours[2], ours[4], ours[5], others[4]])
                await ScalarAsync(file, $"VACUUM INTO '{backup}'");
            await File.WriteAllTextAsync(ours[3], "compressed", Stop);
            await ScalarAsync(others[1], "CREATE TABLE Deliveries (Id INTEGER)");
            foreach (var text in (string[])[others[0], others[2], others[3]])
                await File.WriteAllTextAsync(text, "{}", Stop);
            foreach (var any in ours.Concat(others))
                File.SetUnixFileMode(any, Open);

            await using (var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = folder.FullName }))
            {
                foreach (var our in ours.Concat(Directory.GetFiles(Path.GetDirectoryName(file)!, "atstatus.db-*")))
                    Assert.Equal((our, Owner), (our, File.GetUnixFileMode(our)));
                foreach (var other in others)
                    Assert.Equal((other, Open), (other, File.GetUnixFileMode(other)));
                Assert.All(ours, our => Assert.Contains(app.Logs, line => line.Contains($"Others than its owner could read {our}.", StringComparison.Ordinal)));
                Assert.Empty(Directory.GetFiles(folder.FullName, "backup*-*", SearchOption.TopDirectoryOnly));
            }
            await using var next = await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = folder.FullName });
            Assert.DoesNotContain(next.Logs, line => line.Contains("Others than its owner", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_range_that_lets_everything_through_is_warned_of_at_start()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Webhooks:AllowedNetworks"] = "0.0.0.0/0" } });
        Assert.Single(app.Logs, line => line.StartsWith("Warning", StringComparison.Ordinal)
            && line.Contains("Webhooks:AllowedNetworks: Webhooks can be sent to any address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_weak_configured_password_names_the_key_and_the_rule_and_not_the_password()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Settings = new() { ["Admin:Password"] = "hunter2" },
        }));
        Assert.StartsWith("Admin:Password takes at least 8 characters", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    private static async Task<object?> ScalarAsync(string file, string sql)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Stop);
    }
}
