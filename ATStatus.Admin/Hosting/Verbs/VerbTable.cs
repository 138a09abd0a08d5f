namespace ATStatus.Admin.Hosting.Verbs;

/// <summary>
/// The program's verbs (contract section 4). They are taken out of the arguments before the configuration sees them, start no server and
/// run beside a console. Exit code 0; 1 with one line on the error stream; 2 for a call that makes no sense.
/// </summary>
internal static class VerbTable
{
    private const int Failed = 1;

    /// <summary>Every verb, in the order of <c>--help</c>.</summary>
    public static IReadOnlyList<Verb> All { get; } =
    [
        new("--reset-password", "EMAIL", "prints a link to set a new password, good for one hour, once", AccountVerbs.ResetPasswordAsync),
        new("--reset-second-factor", "EMAIL", "removes a user's authenticator, recovery codes and passkeys", AccountVerbs.ResetSecondFactorAsync),
        new("--make-admin", "EMAIL", "makes a user an Admin that is switched on", AccountVerbs.MakeAdminAsync),
        new("--list-users", null, "lists the users: email, role, on or off", AccountVerbs.ListAsync),
        new("--verify-audit", "[HASH]", "checks the audit log's chain, and whether HASH is in it", AuditVerb.RunAsync) { Accepts = AuditVerb.IsHash },
        new("--database-script", null, "prints the script that makes or upgrades a SQL Server's tables", DatabaseScriptVerb.RunAsync),
        new("--version", null, "prints the version", _ => Task.FromResult(Version)),
        new("--help", null, "prints this", _ => Task.FromResult(Help)),
    ];

    /// <summary>Runs the verb among the arguments.</summary>
    /// <returns>The exit code; null when there is no verb and the console is to start.</returns>
    public static async Task<int?> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var at = Array.FindIndex(args, arg => Find(arg) is not null);
        if (at < 0)
            return null;
        var verb = Find(args[at])!;
        var rest = args[(at + 1)..];
        string? argument = args[at].Length > verb.Name.Length ? args[at][(verb.Name.Length + 1)..] : null;
        if (verb.Argument is not null && argument is null && rest is [{ } next, ..] && !next.StartsWith("--", StringComparison.Ordinal))
            (argument, rest) = (next, rest[1..]);

        if (string.IsNullOrWhiteSpace(argument) ? argument is not null || verb.NeedsArgument : verb.Argument is null || !verb.Accepts(argument))
            return await RefuseAsync($"Usage: {verb.Usage}");
        if (rest.Select(Find).FirstOrDefault(other => other is not null) is { } second)
            return await RefuseAsync($"{verb.Name} and {second.Name} cannot be combined.");
        var line = CommandLine.Read([.. args[..at], .. rest]);
        if (line.Problem is { } problem)
            return await RefuseAsync(problem);
        if (line.Open)
            return await RefuseAsync($"{verb.Name} and {CommandLine.OpenFlag} cannot be combined.");
        try
        {
            await output.WriteLineAsync(await verb.RunAsync(new VerbCall(argument ?? "", [.. line.Settings])));
            return 0;
        }
        catch (Exception e) when (StartFailures.Explain(e, isBuilt: true) is { } refusal)
        {
            await error.WriteLineAsync(refusal);
            return Failed;
        }
        catch (Exception e)
        {
            // What a library says can hold parts of settings, and a stack is no line.
            await error.WriteLineAsync($"{verb.Name} failed: {e.GetType().Name}");
            return Failed;
        }

        async Task<int> RefuseAsync(string why)
        {
            await error.WriteLineAsync(why);
            return CommandLine.UsageExitCode;
        }
    }

    private static string Version =>
        ProgramVersion.Commit is { } commit ? $"ATStatus.Admin {ProgramVersion.Number} ({commit})" : $"ATStatus.Admin {ProgramVersion.Number}";

    private static string Help => string.Join(Environment.NewLine,
        [
            Version, "", "Starts the console. Settings are given as --Key:Sub=value, as in --urls=http://localhost:5000.",
            $"  {CommandLine.OpenFlag,-30}opens the console in a browser as well", "Instead of starting it:",
            .. All.Select(verb => $"  {verb.Usage,-30}{verb.Does}"),
        ]);

    private static Verb? Find(string arg) =>
        All.FirstOrDefault(verb => arg.Equals(verb.Name, StringComparison.OrdinalIgnoreCase) || arg.StartsWith(verb.Name + "=", StringComparison.OrdinalIgnoreCase));
}
