using System.Reflection;
using ATStatus.Core;
using ATStatus.Core.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access.Matrix;

/// <summary>
/// Each text that is entered has a limit: the service says beside the field that it is too long, and the column, where it has a limit, has none
/// that is smaller.
/// </summary>
public sealed class TextLimitTests : IAsyncLifetime
{
    /// <summary>More than any field takes.</summary>
    private static readonly string TooLong = new('a', 40_000);

    private static readonly Actor Ada = new("ada@example.com");

    /// <summary>
    /// Columns whose text has no limit of its own, and why that does no harm. Everything that somebody types is limited where it is typed, and
    /// stands here only because what is stored is another text: encrypted, or as JSON.
    /// </summary>
    private static readonly string[] Unlimited =
    [
        // Encrypted: a URL, a secret, headers, each limited where it is entered.
        "Delivery.TestProtectedSecret", "Delivery.TestProtectedUrl", "Notification.Transport#Transport.PreviousProtectedSecret",
        "Notification.Transport#Transport.ProtectedHeaders", "Notification.Transport#Transport.ProtectedSecret", "Notification.Transport#Transport.ProtectedUrl",
        // Several limited texts as one.
        "AuditEntry.After", "AuditEntry.Before", "DeliveryAttempt.RequestHeaders", "IdempotentRequest.Headers", "ReceivedRequest.Headers", "StoredEvent.LeftOut",
        // Limited where they arrive: by CertificateText, ResponseExcerpt, SecondFactorService.
        "Notification.Transport#Transport.Options#SendOptions.TlsCertificate", "DeliveryAttempt.ResponseBody", "DeliveryAttempt.ResponseHeaders",
        "IdentityPasskeyData.Name",
        // Written by the framework, from nothing that anybody sends.
        "DataProtectionKey.FriendlyName", "DataProtectionKey.Xml", "IdentityRoleClaim<Guid>.ClaimType", "IdentityRoleClaim<Guid>.ClaimValue",
        "IdentityUserClaim<Guid>.ClaimType", "IdentityUserClaim<Guid>.ClaimValue", "IdentityUserLogin<Guid>.ProviderDisplayName",
        "IdentityUserToken<Guid>.Value", "Role.ConcurrencyStamp", "User.ConcurrencyStamp", "User.PasswordHash", "User.PhoneNumber", "User.SecurityStamp",
    ];

    private readonly CoreServicesFixture _core = new();
    private ServiceProvider _services = null!;
    private int _incident, _window, _running, _group;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Each text of an input, and who refuses it. The field's name is that of the property where nothing else is said.</summary>
    private Dictionary<string, (Func<Task> Enter, string? Field)> Fields => new()
    {
        ["StatusPageInput.Name"] = Pages(x => new(x, "slug")),
        ["StatusPageInput.Slug"] = Pages(x => new("n", x)),
        ["StatusPageInput.Description"] = Pages(x => new("n", "slug", x)),
        ["StatusPageInput.TimeZone"] = Pages(x => new("n", "slug", TimeZone: x)),
        ["StatusPageInput.PublicUrl"] = Pages(x => new("n", "slug", PublicUrl: $"https://a.example/{x}")),
        ["ComponentInput.Name"] = Components(x => new(1, x, ComponentStatus.Operational)),
        ["ComponentInput.Description"] = Components(x => new(1, "n", ComponentStatus.Operational, x)),
        ["IncidentInput.Title"] = Incidents(x => new(1, x, IncidentSeverity.Minor, IncidentStatus.Investigating, "m", [])),
        ["IncidentInput.Message"] = Incidents(x => new(1, "t", IncidentSeverity.Minor, IncidentStatus.Investigating, x, [])),
        ["IncidentInput.Postmortem"] = Incidents(x => new(1, "t", IncidentSeverity.Minor, IncidentStatus.Resolved, "m", []) { Postmortem = x }),
        ["IncidentChangeInput.Postmortem"] = (() => Get<IncidentService>().ChangeAsync(1, _incident, new(null, null) { Postmortem = TooLong }, Ada, Stop), null),
        ["IncidentService.SavePostmortemAsync(text)"] = (() => Get<IncidentService>().SavePostmortemAsync(1, _incident, TooLong, cancellationToken: Stop), "Postmortem"),
        ["IncidentDefaultTextsInput.Investigating"] = DefaultTexts(x => new(x, null, null, null)),
        ["IncidentDefaultTextsInput.Identified"] = DefaultTexts(x => new(null, x, null, null)),
        ["IncidentDefaultTextsInput.Monitoring"] = DefaultTexts(x => new(null, null, x, null)),
        ["IncidentDefaultTextsInput.Resolved"] = DefaultTexts(x => new(null, null, null, x)),
        ["IncidentUpdateInput.Message"] = (() => Get<IncidentService>().PostUpdateAsync(1, _incident, new(null, TooLong), Ada, Stop), null),
        ["IncidentEditInput.Title"] = (() => Get<IncidentService>().EditAsync(1, _incident, new(TooLong), Stop), null),
        ["IncidentTemplateInput.Name"] = Templates(x => new(x, "t", IncidentSeverity.Minor, IncidentStatus.Investigating, "m")),
        ["IncidentTemplateInput.Title"] = Templates(x => new("n", x, IncidentSeverity.Minor, IncidentStatus.Investigating, "m")),
        ["IncidentTemplateInput.Message"] = Templates(x => new("n", "t", IncidentSeverity.Minor, IncidentStatus.Investigating, x)),
        ["MaintenanceInput.Title"] = Windows(input => input with { Title = TooLong }),
        ["MaintenanceInput.Message"] = Windows(input => input with { Message = TooLong }),
        ["MaintenanceInput.Rule"] = Windows(input => input with { Rule = TooLong }),
        ["MaintenanceUpdateInput.Text"] = (() => Get<MaintenanceService>().PostUpdateAsync(1, new(TooLong), Ada, Stop), null),
        ["MaintenanceCancelInput.Note"] = (() => Get<MaintenanceService>().CancelAsync(1, _window, new(TooLong, true), Ada, Stop), null),
        ["MaintenanceCompleteInput.Note"] = (() => Get<MaintenanceService>().CompleteNowAsync(2, _running, new(TooLong), Ada, Stop), null),
        ["NotificationInput.Kind"] = Notifications(input => input with { Kind = TooLong }),
        ["NotificationInput.Name"] = Notifications(input => input with { Name = TooLong }),
        ["TransportInput.Url"] = Notifications(input => input with { Transport = new($"https://a.example/{TooLong}") }),
        ["TransportInput.Secret"] = Notifications(input => input with { Transport = input.Transport with { Secret = TooLong } }),
        ["HeaderInput.Name"] = (Notifications(input => input with { Transport = input.Transport with { Headers = [new(TooLong, "v")] } }).Enter, "Headers-0-Name"),
        ["HeaderInput.Value"] = (Notifications(input => input with { Transport = input.Transport with { Headers = [new("X-A", TooLong)] } }).Enter, "Headers-0-Value"),
        ["SendOptions.TlsCertificate"] = Notifications(input => input with
        {
            Transport = input.Transport with { Options = new() { TlsTrust = TlsTrust.Pinned, TlsCertificate = TooLong } },
        }),
        ["SendOptions.TemplateBody"] = Notifications(input => input with
        {
            Transport = input.Transport with { Options = new() { Body = ATStatus.Core.Sending.Bodies.BodyKind.Template, TemplateBody = TooLong } },
        }),
        ["ApiKeyInput.Name"] = (() => Get<ApiKeyService>().CreateAsync(new(TooLong, [ApiScopes.ReadIncidents], ApiKeyExpiry.Never), Ada, Stop), null),
        ["InvitationInput.Email"] = (() => Get<AccountService>().InviteAsync(new($"{TooLong}@example.com", new(Roles.Viewer)), Ada, Stop), null),
        ["AccountInput.Role"] = (() => Get<AccountService>().InviteAsync(new("a@example.com", new(TooLong)), Ada, Stop), null),
        ["ComponentOrder.AddGroupAsync(name)"] = (() => Get<ComponentOrder>().AddGroupAsync(1, TooLong, Stop), "Name"),
        ["ComponentOrder.RenameGroupAsync(name)"] = (() => Get<ComponentOrder>().RenameGroupAsync(1, _group, TooLong, Stop), "Name"),
        ["IncidentService.CorrectMessageAsync(message)"] = (() => Get<IncidentService>().CorrectMessageAsync(1, 1, 1, TooLong, cancellationToken: Stop), "Message"),
        ["StatusPageService.DeleteAsync(typedName)"] = (() => Get<StatusPageService>().DeleteAsync(1, TooLong, cancellationToken: Stop), "Name"),
    };

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System);
        await _core.AddToAsync(services);
        _services = services.BuildServiceProvider();
        var page = await Get<StatusPageService>().CreateAsync(new("Main", "main"), Stop);
        var component = await Get<ComponentService>().CreateAsync(new(page, "API", ComponentStatus.Operational), Stop);
        await Get<ComponentOrder>().AddGroupAsync(page, "Group", Stop);
        await Get<IncidentService>().CreateAsync(new(page, "t", IncidentSeverity.Minor, IncidentStatus.Investigating, "m", []), Ada, Stop);
        var starts = DateTime.UtcNow.AddDays(1);
        await Get<MaintenanceService>().ScheduleAsync(new(page, "t", "m", [component], starts, starts.AddHours(1)), Stop);
        await Get<MaintenanceService>().ScheduleAsync(new(page, "t", "m", [component], starts.AddDays(-2), starts), Stop);
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        (_incident, _group) = ((await db.Incidents.SingleAsync(Stop)).Version, (await db.ComponentGroups.SingleAsync(Stop)).Version);
        (_window, _running) = ((await db.MaintenanceWindows.SingleAsync(w => w.Id == 1, Stop)).Version, (await db.MaintenanceWindows.SingleAsync(w => w.Id == 2, Stop)).Version);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _core.DisposeAsync();
    }

    [Fact]
    public void Every_text_of_an_input_has_a_row_and_every_row_a_text()
    {
        var types = typeof(CoreServices).Assembly.GetTypes().Where(type => type.IsPublic && (type.Name.EndsWith("Input", StringComparison.Ordinal) || type == typeof(SendOptions)));
        var texts = from type in types
                    from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    where property.PropertyType == typeof(string)
                    select $"{type.Name}.{property.Name}";
        var parameters = from type in typeof(CoreServices).Assembly.GetTypes()
                         where type.IsDefined(typeof(NeedsAttribute))
                         from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                         from parameter in method.GetParameters()
                         where parameter.ParameterType == typeof(string)
                         select $"{type.Name}.{method.Name}({parameter.Name})";
        var found = texts.Concat(parameters).Except(
            [
                // Compared with what is stored, or of the console's own words.
                "IncidentService.CorrectMessageAsync(seen)", "IncidentService.SavePostmortemAsync(seen)", "DeliveryRetention.DeleteNowAsync(by)",
                // Answered with what is wrong, for the form, and not thrown: EndpointPolicyTests.
                "NotificationService.CheckUrlAsync(kind)", "NotificationService.CheckUrlAsync(url)",
            ]).ToHashSet();
        Findings.AssertNone(found.Except(Fields.Keys).Order());
        Findings.AssertNone(Fields.Keys.Except(found).Order());
    }

    [Fact]
    public async Task What_is_too_long_is_said_beside_its_field_and_nothing_is_written()
    {
        var wrong = new List<string>();
        foreach (var (name, (enter, field)) in Fields)
        {
            try
            {
                await enter();
                wrong.Add($"{name}: accepted");
            }
            catch (InvalidInputException e)
            {
                var expected = field ?? name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
                if (!e.Errors.TryGetValue(expected, out var message) || message.Length > 300)
                    wrong.Add($"{name}: {string.Join(", ", e.Errors.Select(error => $"{error.Key} {error.Value[..Math.Min(80, error.Value.Length)]}"))}");
            }
            catch (Exception e)
            {
                wrong.Add($"{name}: {e.GetType().Name} {e.Message[..Math.Min(200, e.Message.Length)]}");
            }
        }
        Findings.AssertNone(wrong);
    }

    [Fact]
    public async Task Every_column_of_text_has_a_limit_or_a_reason_to_have_none()
    {
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var unlimited = from type in db.Model.GetEntityTypes()
                        from property in type.GetFlattenedProperties()
                        where (property.GetProviderClrType() ?? property.ClrType) == typeof(string) && property.GetMaxLength() is null
                        select $"{property.DeclaringType.DisplayName()}.{property.Name}";
        var found = unlimited.ToHashSet();
        Findings.AssertNone(found.Except(Unlimited).Order(StringComparer.Ordinal));
        Findings.AssertNone(Unlimited.Except(found).Order(StringComparer.Ordinal));
    }

    private (Func<Task> Enter, string? Field) Pages(Func<string, StatusPageInput> input) => (() => Get<StatusPageService>().CreateAsync(input(TooLong), Stop), null);

    private (Func<Task> Enter, string? Field) Components(Func<string, ComponentInput> input) => (() => Get<ComponentService>().CreateAsync(input(TooLong), Stop), null);

    private (Func<Task> Enter, string? Field) Incidents(Func<string, IncidentInput> input) => (() => Get<IncidentService>().CreateAsync(input(TooLong), Ada, Stop), null);

    private (Func<Task> Enter, string? Field) Templates(Func<string, IncidentTemplateInput> input) =>
        (() => Get<IncidentTemplateService>().AddAsync(input(TooLong), Stop), null);

    private (Func<Task> Enter, string? Field) DefaultTexts(Func<string, IncidentDefaultTextsInput> input) =>
        (() => Get<IncidentDefaultTextService>().SaveAsync(0, input(TooLong), Stop), null);

    private (Func<Task> Enter, string? Field) Windows(Func<MaintenanceInput, MaintenanceInput> change) =>
        (() => Get<MaintenanceService>().ScheduleAsync(change(new(1, "t", "m", [1], DateTime.UtcNow.AddDays(1), DateTime.UtcNow.AddDays(2))), Stop), null);

    private (Func<Task> Enter, string? Field) Notifications(Func<NotificationInput, NotificationInput> change) =>
        (() => Get<NotificationService>().CreateAsync(change(new("webhook", "n", new("https://a.example/"), new([EventType.IncidentCreated]))), Stop), null);

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();
}
