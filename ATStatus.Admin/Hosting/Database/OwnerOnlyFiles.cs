using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;

namespace ATStatus.Admin.Hosting.Database;

/// <summary>
/// The database's files and its backups hold password hashes, and keys that open secrets: nobody but their owner may read them. Windows
/// has rights that folders hand down, and is left alone.
/// </summary>
internal sealed partial class OwnerOnlyFiles(ILogger<OwnerOnlyFiles> logger)
{
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>
    /// Takes the rights of group and others from the database, from what is named after it (<c>-wal</c>, <c>.lock</c>, <c>.bak</c> …), and from
    /// every other SQLite file with this console's tables, in the database's folder and in the content root. Says of each that it did, or
    /// that it could not.
    /// </summary>
    public void Tighten(string database, string contentRoot)
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = Path.GetDirectoryName(database)!;
        foreach (var file in FilesIn(folder).Concat(folder == Path.TrimEndingDirectorySeparator(contentRoot) ? [] : FilesIn(contentRoot)))
        {
            try
            {
                if (file.LinkTarget is null && (file.UnixFileMode & OfOthers) != 0 && (IsNamedAfter(database, file) || IsBackup(file)))
                    Tighten(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogOpen(file.FullName);
            }
        }
    }

    [UnsupportedOSPlatform("windows")]
    private void Tighten(FileInfo file)
    {
        file.UnixFileMode &= ~OfOthers;
        file.Refresh();
        // Some file systems take the change and do not keep it.
        if ((file.UnixFileMode & OfOthers) != 0)
            LogOpen(file.FullName);
        else
            LogTightened(file.FullName);
    }

    private static FileInfo[] FilesIn(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetFiles();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>atstatus.db-wal, atstatus.db.lock, atstatus.db.2026-11-29.gz; not atstatus.dbx.</summary>
    private static bool IsNamedAfter(string database, FileInfo file)
    {
        var name = Path.GetFileName(database);
        return file.DirectoryName == Path.GetDirectoryName(database) && file.Name.StartsWith(name, StringComparison.Ordinal)
            && (file.Name.Length == name.Length || !char.IsLetterOrDigit(file.Name[name.Length]));
    }

    /// <summary>Judged by what is in it: other programs' databases are none of ours. Nothing is locked or written for the look.</summary>
    private static bool IsBackup(FileInfo file)
    {
        if (!BeginsAsSqlite(file))
            return false;
        try
        {
            var uri = $"file:{Uri.EscapeDataString(file.FullName)}?immutable=1";
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = uri, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText =
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('__EFMigrationsHistory', 'DataProtectionKeys', 'StatusPages', 'Deliveries');";
            return command.ExecuteScalar() is 4L;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static bool BeginsAsSqlite(FileInfo file)
    {
        Span<byte> beginning = stackalloc byte[16];
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return stream.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false) == beginning.Length
            && beginning.SequenceEqual("SQLite format 3\0"u8);
    }

    [LoggerMessage(LogLevel.Warning, "Others than its owner could read {File}. Its rights are now its owner's alone (chmod 600).")]
    private partial void LogTightened(string file);

    [LoggerMessage(LogLevel.Warning, "Others than its owner can read {File}, and its rights cannot be changed. Give it to the account that runs the console, and chmod 600.")]
    private partial void LogOpen(string file);
}
