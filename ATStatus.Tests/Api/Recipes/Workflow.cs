using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace ATStatus.Tests.Api.Recipes;

/// <summary>
/// A job of GitHub Actions, carried out here: its steps' <c>run</c> in the shells that GitHub starts, with environment, secrets, outputs
/// and conditions. It knows as much as the documented job uses; what it does not know fails instead of being empty.
/// </summary>
internal sealed partial class Workflow
{
    private readonly Dictionary<string, object> _job;
    private readonly Dictionary<string, string> _known;
    private readonly string _folder;
    private bool _failed;

    /// <param name="yaml">A workflow, or the part of it with its only job.</param>
    /// <param name="folder">The checkout.</param>
    /// <param name="secrets">By name.</param>
    public Workflow(string yaml, string folder, IReadOnlyDictionary<string, string> secrets)
    {
        _folder = folder;
        _known = secrets.ToDictionary(s => $"secrets.{s.Key}", s => s.Value);
        var workflow = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(yaml);
        _job = Map(Map(workflow["jobs"]).Values.Single());
    }

    /// <summary>What failing steps wrote.</summary>
    public string Errors { get; private set; } = "";

    /// <summary>Carries the steps out; whether none failed.</summary>
    public async Task<bool> RunAsync()
    {
        foreach (var step in ((List<object>)_job["steps"]).Select(Map))
        {
            if (step.TryGetValue("uses", out var used))
                Assert.StartsWith("actions/checkout@", (string)used, StringComparison.Ordinal);
            else if (IsWanted(step.TryGetValue("if", out var condition) ? (string)condition : "success()"))
                await RunAsync(step);
        }
        return !_failed;
    }

    private async Task RunAsync(Dictionary<string, object> step)
    {
        var output = Path.Combine(_folder, $"{Guid.NewGuid():N}.output");
        await File.WriteAllTextAsync(output, "", TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string>
        {
            ["GITHUB_OUTPUT"] = output,
            ["GITHUB_RUN_ID"] = "1658821493",
            ["GITHUB_RUN_ATTEMPT"] = "1",
        };
        foreach (var given in (Dictionary<string, object>[])[Map(_job.GetValueOrDefault("env")), Map(step.GetValueOrDefault("env"))])
        {
            foreach (var (name, value) in given)
                environment[name] = Filled((string)value);
        }
        // As GitHub starts them: with a shell that is named, also a failure before a pipe counts.
        var shell = step.GetValueOrDefault("shell")
            ?? Map(Map(_job.GetValueOrDefault("defaults")).GetValueOrDefault("run")).GetValueOrDefault("shell");
        var options = shell switch
        {
            null => (string[])["-e"],
            "bash" => ["--noprofile", "--norc", "-eo", "pipefail"],
            _ => throw new NotSupportedException($"There is no shell {shell} here."),
        };
        var (code, errors) = await Recipe.RunAsync(
            Filled((string)step["run"]), _folder, options, [.. environment.Select(e => (e.Key, e.Value))]);
        if (code != 0)
            (_failed, Errors) = (true, $"{Errors}{errors}");
        if (!step.TryGetValue("id", out var id))
            return;
        foreach (var line in await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken))
            _known[$"steps.{id}.outputs.{line.Split('=', 2)[0]}"] = line.Split('=', 2)[1];
    }

    private bool IsWanted(string condition) => condition.Split("&&", StringSplitOptions.TrimEntries).All(term => term switch
    {
        "success()" => !_failed,
        "failure()" => _failed,
        "always()" => true,
        _ when NotEmpty().Match(term) is { Success: true } match => _known.GetValueOrDefault(match.Groups[1].Value, "").Length > 0,
        _ => throw new NotSupportedException($"The condition {term} is not known here."),
    });

    private string Filled(string text) => Expression().Replace(text, match => _known[match.Groups[1].Value]);

    private static Dictionary<string, object> Map(object? value) =>
        ((Dictionary<object, object>?)value ?? []).ToDictionary(entry => (string)entry.Key, entry => entry.Value);

    [GeneratedRegex(@"\$\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}")]
    private static partial Regex Expression();

    [GeneratedRegex(@"^([a-zA-Z0-9_.-]+) != ''$")]
    private static partial Regex NotEmpty();
}
