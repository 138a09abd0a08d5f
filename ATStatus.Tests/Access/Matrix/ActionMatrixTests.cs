using System.Reflection;
using System.Security.Claims;
using ATStatus.Admin.Components;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ATStatus.Tests.Access.Matrix;

/// <summary>
/// What the pages can do: each public method of each service behind the door, called through a circuit's <see cref="CurrentUser"/> as each kind of
/// account, and refused or let through as the table of rights says.
/// </summary>
public sealed class ActionMatrixTests(SharedConsole shared)
{
    /// <summary>
    /// The actions by the right that they need. By their words, beside the code: a service that is given to another right, and a method that is added
    /// to one, fail here until somebody has looked at the table of rights.
    /// </summary>
    private static readonly IReadOnlyDictionary<string, Right> Actions = Parse("""
        WriteStatus         ComponentHistoryService     CorrectAsync
        WriteStatus         ComponentOrder              AddGroupAsync DescribeContentAsync MoveComponentAsync MoveComponentsAsync MoveGroupAsync RemoveGroupAsync
        WriteStatus         ComponentOrder              RenameGroupAsync
        WriteStatus         ComponentService            CreateAsync DeleteAsync DescribeContentAsync PreviewStatusAsync SetStatusAsync
        WriteStatus         ComponentService            SetVisibleAsync UpdateAsync
        WriteStatus         IncidentDefaultTextService  FindAsync SaveAsync
        WriteStatus         IncidentRemoval             DeleteAsync
        WriteStatus         IncidentService             ChangeAsync CorrectMessageAsync CreateAsync DeleteAsync EditAsync PostUpdateAsync
        WriteStatus         IncidentService             PreviewCreateAsync PreviewEditAsync PreviewUpdateAsync SavePostmortemAsync
        WriteStatus         IncidentTemplateService     AddAsync DeleteAsync FindAsync ListAsync UpdateAsync
        WriteStatus         MaintenanceService          CancelAsync CompleteNowAsync CountSubscribersAsync EndSeriesAsync ExtendAsync NotifyAgainAsync
        WriteStatus         MaintenanceService          PostUpdateAsync PreviewRescheduleAsync PreviewScheduleAsync RescheduleAsync
        WriteStatus         MaintenanceService          ScheduleAsync StartNowAsync
        WriteStatus         SampleData                  LoadAsync
        WriteStatus         StatusPageService           CreateAsync DeleteAsync DescribeContentAsync SetArchivedAsync UnfinishedAsync
        WriteStatus         StatusPageService           UpdateAsync
        Redeliver           BulkRedelivery              LookAsync RunAsync
        Redeliver           RecoveryService             BeginAsync CancelAsync CountAsync
        Redeliver           RedeliveryService           CancelAsync RedeliverAsync SendNowAsync
        WriteNotifications  NotificationService         CheckUrlAsync CreateAsync DeleteAsync ProbeNowAsync SetEnabledAsync UpdateAsync
        WriteNotifications  NotificationTransfer        CheckAsync ExportAsync ImportAsync TakenNamesAsync
        WriteNotifications  SendingPauseService         PauseAsync ResumeAsync
        WriteNotifications  TestReceiverService         ClearAsync
        WriteNotifications  TestSendService             SampleAsync SendAsync SendSavedAsync
        Administer          AccountQueries              InvitationsAsync ListAsync RequiresSecondFactorAsync
        Administer          AccountService              ChangeAsync DeleteAsync InviteAsync MakeAdminAsync
        Administer          AccountService              RequireSecondFactorAsync ResetSecondFactorAsync SetOnAsync SignOutAsync
        Administer          AccountService              WithdrawAsync
        Administer          ApiKeyService               CreateAsync ListAsync RevokeAsync
        Administer          AuditQueries                ActorsAsync ListAsync ReadAsync
        Administer          DeliveryRetention           DeleteNowAsync
        Administer          PasswordLinks               CreateAsync
        """);

    /// <summary>What pages are given without the door, because it only reads, or because what it does concerns the own account or a link's holder alone.</summary>
    private static readonly string[] Open =
    [
        "AuditFeed", "ChangeFeed", "DatabaseWritability", "DeliveryFeed", "DeliveryQueries", "EventQueries", "FirstAccount",
        "IncidentDowntime", "IncidentEdits", "IncidentOptions", "IncidentQueries", "Invitations", "MaintenanceQueries", "NotificationQueries",
        "NotificationStatistics", "PasswordService", "RecoveryQueries", "RetentionClock", "RetentionQueries", "SecondFactorService",
        "SendingPauseQueries", "SentMessages", "SessionStore", "StatusPageQueries", "TestReceiverQueries", "WebhookOptions",
    ];

    private static readonly IReadOnlyList<(string Name, SessionState? Session, Right[] Rights)> People =
    [
        ("nobody", null, []),
        ("Viewer", Session(Roles.Viewer), []),
        ("Viewer, May see payloads", Session(Roles.Viewer, payloads: true), [Right.SeePayloads]),
        ("Viewer, May redeliver", Session(Roles.Viewer, redeliver: true), [Right.Redeliver]),
        ("Editor", Session(Roles.Editor, true, true), [Right.SeePayloads, Right.Redeliver, Right.WriteStatus]),
        ("Editor, both switches off", Session(Roles.Editor), [Right.WriteStatus]),
        ("Admin", Session(Roles.Admin), Enum.GetValues<Right>()),
        ("Admin without the required second factor", Session(Roles.Admin, true, true) with { MustAddSecondFactor = true }, []),
        ("an account without a role", Session(null), []),
    ];

    [Fact]
    public void Every_action_has_a_row_and_every_row_an_action()
    {
        var found = Services().SelectMany(MethodsOf).Select(NameOf).ToHashSet();
        Findings.AssertNone(found.Except(Actions.Keys).Order());
        Findings.AssertNone(Actions.Keys.Except(found).Order());
    }

    [Fact]
    public async Task Every_action_is_refused_to_who_may_not_and_to_nobody_else()
    {
        var app = await shared.AppAsync();
        var (wrong, tried) = (new List<string>(), 0);
        foreach (var (name, session, rights) in People)
        {
            await using var scope = app.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CurrentUser>().Principal = session is null ? new ClaimsPrincipal(new ClaimsIdentity()) : SessionPrincipal.Of(session, "192.0.2.7");
            foreach (var method in Services().SelectMany(MethodsOf))
            {
                tried++;
                var isAllowed = rights.Contains(Actions[NameOf(method)]);
                if (await IsLetThroughAsync(scope.ServiceProvider, method) != isAllowed)
                    wrong.Add($"{NameOf(method)} as {name}: {(isAllowed ? "refused" : "let through")}");
            }
        }
        Findings.AssertNone(wrong);
        Assert.Equal(People.Count * Services().Sum(service => MethodsOf(service).Count()), tried);
    }

    [Fact]
    public void Nothing_else_of_the_core_is_given_to_a_page_unless_it_changes_nothing_of_others()
    {
        var given = (from type in typeof(App).Assembly.GetTypes()
                     where typeof(IComponent).IsAssignableFrom(type)
                     from property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                     where property.IsDefined(typeof(InjectAttribute)) && property.PropertyType.Assembly == typeof(CoreServices).Assembly
                     select property.PropertyType.Name).ToHashSet();
        Findings.AssertNone(given.Except(Open));
        Findings.AssertNone(Open.Except(given));
    }

    /// <summary>Calls a method with nothing, and with a token that is cancelled: what is behind the door begins, and does nothing.</summary>
    private static async Task<bool> IsLetThroughAsync(IServiceProvider services, MethodInfo method)
    {
        var door = services.GetRequiredService(typeof(Permitted<>).MakeGenericType(method.DeclaringType!));
        try
        {
            var service = door.GetType().GetMethod(nameof(Permitted<IncidentTemplate>.Demand))!.Invoke(door, null);
            var arguments = method.GetParameters().Select(p => p.ParameterType == typeof(CancellationToken) ? new CancellationToken(canceled: true)
                : p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null).ToArray();
            if (method.Invoke(service, arguments) is Task task)
                await task;
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException is not AccessDeniedException;
        }
        catch (Exception e)
        {
            return e is not AccessDeniedException;
        }
        return true;
    }

    private static IEnumerable<Type> Services() =>
        from assembly in (Assembly[])[typeof(CoreServices).Assembly, typeof(App).Assembly]
        from type in assembly.GetTypes()
        where type.IsDefined(typeof(NeedsAttribute))
        orderby type.Name
        select type;

    // The host starts and stops some of them.
    private static IEnumerable<MethodInfo> MethodsOf(Type service) => service
        .GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
        .Where(method => !method.IsSpecialName && method.Name is not (nameof(IHostedService.StartAsync) or nameof(IHostedService.StopAsync) or nameof(IDisposable.Dispose)))
        .OrderBy(method => method.Name, StringComparer.Ordinal);

    private static string NameOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    private static SessionState Session(string? role, bool payloads = false, bool redeliver = false) =>
        new(Guid.NewGuid(), Guid.NewGuid(), "ada@example.com", role, payloads, redeliver, default, default, DateTime.MaxValue);

    private static Dictionary<string, Right> Parse(string text) => (
        from line in text.ReplaceLineEndings("\n").Split('\n')
        let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        from method in words.Skip(2)
        select ($"{words[1]}.{method}", Enum.Parse<Right>(words[0]))).ToDictionary();
}
