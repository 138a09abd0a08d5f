using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Hosting;

/// <summary>The program's verbs: exit codes, what is printed where, and that nothing is started.</summary>
public sealed class VerbTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("atstatus-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Help_and_version_are_printed_whatever_stands_beside_them()
    {
        var help = await ProgramRun.OfAsync("--Webhooks:Timeout=banana", "--help");
        Assert.Equal((0, ""), (help.Code, help.Error));
        Assert.Contains("--reset-password EMAIL", help.Output, StringComparison.Ordinal);
        var version = await ProgramRun.OfAsync("--version");
        Assert.Equal((0, ""), (version.Code, version.Error));
        Assert.StartsWith("ATStatus.Admin 0.", version.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Usage: --reset-password EMAIL", "--reset-password")]
    [InlineData("Usage: --reset-password EMAIL", "--reset-password", "--urls=http://127.0.0.1:1")]
    [InlineData("Usage: --reset-password EMAIL", "--reset-password", "")]
    [InlineData("Usage: --version", "--version=2")]
    [InlineData("Usage: --reset-password EMAIL", "--Reset-Password")]
    [InlineData("--reset-password and --version cannot be combined.", "--reset-password", "admin@example.com", "--version")]
    public async Task A_call_that_makes_no_sense_is_code_2_and_one_line(string line, params string[] args) =>
        Assert.Equal(new ProgramRun(2, "", line), await ProgramRun.OfAsync([$"--contentRoot={_folder.FullName}", .. args]));

    [Fact]
    public async Task Without_a_database_there_is_nothing_to_reset_and_none_is_made()
    {
        var run = await ProgramRun.OfAsync($"--contentRoot={_folder.FullName}", "--reset-password", "admin@example.com");
        Assert.Equal(new ProgramRun(1, "", $"There is no database {Path.Combine(_folder.FullName, "data", "atstatus.db")}."), run);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task A_wrong_setting_is_told_as_at_a_start() => Assert.Equal(
        new ProgramRun(1, "", "Webhooks:MaxAttempts takes a whole number from 1 to 20; it is 'many'."),
        await ProgramRun.OfAsync($"--contentRoot={_folder.FullName}", "--Webhooks:MaxAttempts=many", "--reset-password", "admin@example.com"));

    [Fact]
    public async Task The_link_is_that_of_the_public_address_and_an_unknown_account_has_none()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = _folder.FullName });
        await app.StopAsync();
        var run = await ProgramRun.OfAsync(
            $"--contentRoot={_folder.FullName}", "--Hosting:PublicUrl=https://example.com/ops/", "--reset-password=admin@example.com");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains(" at https://example.com/ops/reset-password?token=", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("listening", run.Output, StringComparison.OrdinalIgnoreCase);

        run = await ProgramRun.OfAsync($"--contentRoot={_folder.FullName}", "--http_ports=8080", "--https_ports=8443", "--reset-password=admin@example.com");
        Assert.Contains(" at http://localhost:8080/reset-password?token=", run.Output, StringComparison.Ordinal);
        run = await ProgramRun.OfAsync(
            $"--contentRoot={_folder.FullName}", "--http_ports=8080", "--urls=http://127.0.0.1:5005", "--reset-password=admin@example.com");
        Assert.Contains(" at http://127.0.0.1:5005/reset-password?token=", run.Output, StringComparison.Ordinal);

        Assert.Equal(
            new ProgramRun(1, "", "There is no account with the email address nobody@example.com."),
            await ProgramRun.OfAsync($"--contentRoot={_folder.FullName}", "--reset-password", "nobody@example.com"));
    }

    [Fact]
    public async Task A_database_of_an_older_version_is_left_as_it_is()
    {
        var file = Path.Combine(_folder.FullName, "old.db");
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            using var make = connection.CreateCommand();
            make.CommandText = "CREATE TABLE Something (Id INTEGER)";
            await make.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
        var before = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var run = await ProgramRun.OfAsync($"--ConnectionStrings:ATStatus=Data Source={file}", $"--Database:Provider={DatabaseProvider.Sqlite}", "--reset-password", "admin@example.com");
        Assert.Equal(new ProgramRun(1, "", "The database is of an older version. Start the console once: it brings the database to this one."), run);
        Assert.Equal(before, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }
}
