using ATStatus.Core.Deliveries;
using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>
/// What a job's page in the dashboard says of the job, with a link to the log. Hangfire keeps such pieces for the process: this one knows nothing of a
/// host and is added once, however many hosts there are.
/// </summary>
internal static class JobLinks
{
    private static readonly Lazy<bool> Added = new(() =>
    {
        GlobalConfiguration.Configuration.UseJobDetailsRenderer(0, details => new NonEscapedString(Html(details.JobDetails.Job, details.Page.AppPath) ?? ""));
        return true;
    });

    /// <summary>Adds it, unless another host has.</summary>
    public static void Add() => _ = Added.Value;

    /// <summary>The sentence; null for a job that is none of the deliveries'.</summary>
    /// <param name="console">Where the console begins, as <c>/ops/admin</c>.</param>
    internal static string? Html(Job? job, string console) => job switch
    {
        { Args: [long id] } when job.Type == typeof(DeliveryJob) => Alert(
            FormattableString.Invariant($"Every attempt, its response and what happens next: <a href=\"{console}/deliveries/{id}\">delivery #{id} in the log</a>.")),
        { Args: [long id] } when job.Type == typeof(EventJob) => Alert(
            FormattableString.Invariant($"All deliveries of this event: <a href=\"{console}/events/{id}\">event #{id}</a>. A delivery that is retried continues as a job of its own.")),
        _ => null,
    };

    private static string Alert(string html) => $"<div class=\"alert alert-info\">{html}</div>";
}
