using System.Globalization;
using ATStatus.Core.Access.Audit;

namespace ATStatus.Admin.Hosting.Verbs;

/// <summary><c>--verify-audit [HASH]</c>: checks that nobody has changed the audit trail in the database.</summary>
internal static class AuditVerb
{
    /// <summary>SHA-256 in hexadecimal digits.</summary>
    public static bool IsHash(string text) => text.Trim() is { Length: 64 } digits && digits.All(char.IsAsciiHexDigit);

    /// <exception cref="StartRefusedException">The chain is broken, or the hash that was given is not in it.</exception>
    public static Task<string> RunAsync(VerbCall call) => AccountVerbs.OnDatabaseAsync(call, async (_, services) =>
    {
        var wanted = call.Argument.Length > 0 ? Convert.FromHexString(call.Argument.Trim()) : null;
        var verdict = await services.GetRequiredService<AuditVerification>().RunAsync(wanted);
        if (verdict.Break is { } problem)
            throw new StartRefusedException($"The audit log is not whole. {problem} {Counted(verdict.Checked)} before it {(verdict.Checked == 1 ? "is" : "are")} right.");
        if (wanted is not null && verdict.FoundAt is null)
        {
            throw new StartRefusedException(
                $"The hash {AuditHash.DisplayText(wanted)} is not in the chain: it was made anew, or retention has removed that entry. {Counted(verdict.Checked)} checked, and the chain is whole.");
        }
        var lines = new List<string>
        {
            $"{Counted(verdict.Checked)} checked. The chain is whole.",
            $"Head: {AuditHash.DisplayText(verdict.Head)}{(verdict.HeadId == 0 ? "" : Number($" (entry {verdict.HeadId})"))}",
        };
        if (verdict.Removed > 0)
            lines.Add($"{Counted(verdict.Removed)} before them removed by retention.");
        if (verdict.Unsealed > 0)
            lines.Add($"{Counted(verdict.Unsealed)} not sealed yet.");
        if (verdict.FoundAt is { } at)
            lines.Add(Number($"The hash {AuditHash.DisplayText(wanted!)} is in the chain (entry {at})."));
        return string.Join(Environment.NewLine, lines);
    });

    private static string Counted(long entries) => entries == 1 ? "1 entry" : Number($"{entries} entries");

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
