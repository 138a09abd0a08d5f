namespace ATStatus.Admin.Hosting.Verbs;

/// <summary>Something the program does instead of starting the console.</summary>
/// <param name="Name">The word on the command line, <c>--version</c>.</param>
/// <param name="Argument">What the word behind it is, <c>EMAIL</c>, or <c>[HASH]</c> where it may be missing; null when it takes none.</param>
/// <param name="Does">What it does, for <c>--help</c>.</param>
/// <param name="RunAsync">Does it and returns what is printed.</param>
internal sealed record Verb(string Name, string? Argument, string Does, Func<VerbCall, Task<string>> RunAsync)
{
    /// <summary>What the argument must look like.</summary>
    public Func<string, bool> Accepts { get; init; } = _ => true;

    public bool NeedsArgument => Argument is not (null or ['[', ..]);

    /// <summary>The word and what has to follow it.</summary>
    public string Usage => Argument is null ? Name : $"{Name} {Argument}";
}

/// <summary>A verb as it was called.</summary>
/// <param name="Argument">What followed it; empty for a verb that takes nothing.</param>
/// <param name="Settings">The other words of the command line: settings, as the console itself takes them.</param>
internal sealed record VerbCall(string Argument, string[] Settings);
