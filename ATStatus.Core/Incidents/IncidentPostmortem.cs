using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;

namespace ATStatus.Core.Incidents;

/// <summary>What is written about an incident once it is over.</summary>
internal static class IncidentPostmortem
{
    public const string NotYet = "A post-mortem is written once the incident is resolved.";

    /// <summary>The text as it is kept; null for none.</summary>
    public static string? Check(InputCheck check, string? text) =>
        check.Text(text, nameof(Incident.Postmortem), "Post-mortem", Incident.PostmortemLength, required: false) is { Length: > 0 } kept ? kept : null;

    /// <summary>Gives the incident another post-mortem, and returns whether it is another; null leaves it.</summary>
    /// <exception cref="InvalidInputException">The text is too long.</exception>
    /// <exception cref="IllegalTransitionException">The incident is open.</exception>
    public static bool Set(Incident incident, string? text)
    {
        if (text is null)
            return false;
        var check = new InputCheck();
        var postmortem = Check(check, text);
        check.ThrowIfInvalid();
        if (postmortem == incident.Postmortem)
            return false;
        if (incident.Status != IncidentStatus.Resolved)
            throw new IllegalTransitionException(NotYet);
        incident.Postmortem = postmortem;
        return true;
    }
}
