using ATStatus.Admin.Hosting.Jobs;
using ATStatus.Core.Persistence.SqlServer;

namespace ATStatus.Admin.Hosting.Verbs;

/// <summary>
/// <c>--database-script</c>: what the start would do to a SQL Server database, as one script for a database administrator to read and run.
/// Afterwards the console's account needs to read and write rows, and nothing more. Opens no database.
/// </summary>
internal static class DatabaseScriptVerb
{
    /// <summary>Makes the script. It can be run again, and on a database of any earlier version.</summary>
    public static Task<string> RunAsync(VerbCall call) => Task.FromResult(Script());

    /// <summary>
    /// The tables of the console, then those of the jobs. The settings stand in a batch of their own, before everything: whether a text in
    /// quotes is a name is decided when a batch is read, and indexes with a filter demand the rest of them.
    /// </summary>
    internal static string Script() => string.Join(
        Environment.NewLine,
        $"-- ATStatus.Admin {ProgramVersion.Number}: makes the tables, or brings them to this version. Run it in the console's database:",
        "-- sqlcmd -I -b -S SERVER -d DATABASE -i FILE",
        "SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER, XACT_ABORT, NOCOUNT ON;",
        "SET NUMERIC_ROUNDABORT OFF;",
        "GO",
        "",
        SqlServerScript.Migrations().TrimEnd(),
        "",
        JobSchema.Script.TrimEnd(),
        "GO");
}
