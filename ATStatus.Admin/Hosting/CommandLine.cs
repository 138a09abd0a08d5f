namespace ATStatus.Admin.Hosting;

/// <summary>
/// The arguments, checked before configuration sees them: the framework takes whatever follows a <c>--word</c> for its value, the next
/// switch too, and is silent about what it does not understand.
/// </summary>
/// <param name="Settings">The settings, each as <c>--key=value</c>, in their order.</param>
/// <param name="Problem">What is wrong, in one line without a value, which may be a password; null when nothing is.</param>
/// <param name="Open">Whether a browser is to be opened once the console has started.</param>
internal sealed record CommandLine(IReadOnlyList<string> Settings, string? Problem, bool Open = false)
{
    /// <summary>Starts the console as always and opens a browser. No value follows it.</summary>
    public const string OpenFlag = "--open";

    /// <summary>The exit code for arguments that cannot be understood.</summary>
    public const int UsageExitCode = 2;

    private const string Hint = "Settings are --Key:Sub=value; --help lists what else there is.";

    /// <summary>
    /// Reads <c>--key=value</c>, <c>--key value</c> and, as the framework does, <c>/key=value</c>, <c>/key value</c> and <c>key=value</c>. A value that
    /// begins with <c>--</c> has to follow an equals sign.
    /// </summary>
    /// <param name="args">The arguments; verbs that have arguments of their own are taken out before.</param>
    public static CommandLine Read(IReadOnlyList<string> args)
    {
        var settings = new List<string>();
        var open = false;
        for (var i = 0; i < args.Count; i++)
        {
            var argument = args[i];
            if (argument.Length == 0)
                continue;
            if (argument.Equals(OpenFlag, StringComparison.OrdinalIgnoreCase))
            {
                open = true;
                continue;
            }
            if (argument.StartsWith(OpenFlag + "=", StringComparison.OrdinalIgnoreCase))
                return new CommandLine([], $"Usage: {OpenFlag}");
            var prefix = argument.StartsWith("--", StringComparison.Ordinal) ? 2 : argument[0] == '/' ? 1 : 0;
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals == prefix || argument.Length == prefix)
                return Wrong($"Argument {i + 1} has no key.");
            if (prefix == 0 && argument[0] == '-')
                return Wrong($"{Key(argument)} is not known.");
            if (prefix == 2 && IsWord(Key(argument)))
                return Wrong($"{Key(argument)} is not known.");
            if (equals > 0)
                settings.Add($"--{argument[prefix..]}");
            else if (prefix == 0)
                return Wrong($"Argument {i + 1} belongs to no setting: a value with spaces needs quotes.");
            else if (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                settings.Add($"--{argument[prefix..]}={args[++i]}");
            else
                return Wrong($"{argument} is not known, or lacks its value ({argument}=VALUE).");
        }
        return new CommandLine(settings, Problem: null, open);

        // No setting has a hyphen in its first name: this is a verb that is misspelt, or another version's.
        static bool IsWord(string key) => key[2..].Split(':')[0].Contains('-', StringComparison.Ordinal);

        static string Key(string argument) => argument.Split('=')[0];

        static CommandLine Wrong(string problem) =>
            new([], string.Concat($"{problem} {Hint}".Select(c => char.IsControl(c) ? ' ' : c)));
    }
}
