using System.Text.RegularExpressions;
using ATStatus.Admin.Features.Notifications.Types;
using ATStatus.Core.Sending;
using ATStatus.Tests.Sending;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Architecture;

/// <summary>What docs/adding-a-type.md promises: a type is one folder in Core, one in Admin, and one line that lists it.</summary>
public sealed class NotificationTypeTests
{
    private static readonly string[] Projects = ["ATStatus.Core", "ATStatus.Admin"];

    private const string Registration = "ATStatus.Core/Sending/DeliverySenders.cs";

    public static TheoryData<string> Kinds => [.. DeliverySenders.All.Select(kind => kind.Name)];

    [Fact]
    public void Every_sender_has_its_type_in_the_console_and_the_reverse()
    {
        var types = typeof(NotificationType).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(NotificationType)) && !type.IsAbstract);

        Assert.Equal(DeliverySenders.All.Select(kind => kind.Name), NotificationTypes.All.Select(type => type.Kind));
        Assert.Equal(DeliverySenders.All.Count, types.Count());
        Assert.Equal(
            DeliverySenders.All.Select(kind => kind.Sender).OrderBy(type => type.Name),
            typeof(IDeliverySender).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IDeliverySender)) && !type.IsAbstract).OrderBy(type => type.Name));
    }

    [Fact]
    public void The_form_offers_them_by_the_names_people_know_and_begins_with_the_webhook() =>
        Assert.Equal(["Webhook", "Discord", "Slack", "Microsoft Teams"], NotificationTypes.All.Select(type => type.Label));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_s_sender_goes_by_its_name_and_its_components_are_of_the_right_sort(string kind)
    {
        using var rig = new SendingRig();
        using var services = new ServiceCollection().AddSingleton(rig.Post).AddSingleton(rig.Policy).BuildServiceProvider();
        var sender = (IDeliverySender)ActivatorUtilities.CreateInstance(services, DeliverySenders.All.Single(k => k.Name == kind).Sender);
        var type = NotificationTypes.Find(kind)!;

        Assert.Equal(kind, sender.Kind);
        Assert.Equal(sender.SignsRequests, type.HasSecret);
        Assert.True(type.FieldsComponent.IsSubclassOf(typeof(NotificationFields)));
        Assert.True(type.PreviewComponent.IsSubclassOf(typeof(NotificationPreview)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_outside_its_two_folders_knows_a_type_but_the_registration(string kind)
    {
        var folder = DeliverySenders.All.Single(k => k.Name == kind).Sender.Namespace!.Split('.')[^1];
        Assert.EndsWith($".Types.{folder}", NotificationTypes.Find(kind)!.GetType().Namespace, StringComparison.Ordinal);
        string[] own = [$"ATStatus.Core/Sending/{folder}/", $"ATStatus.Admin/Features/Notifications/Types/{folder}/"];
        var names = new Regex($@"\b(Sending|Types)\.{folder}\b|\b{folder}(Sender|Type|Fields|Preview|Message)\b");

        var knowing = Projects
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Root, project), "*.*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(RepositoryFolder.Root, file).Replace('\\', '/'))
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor" && !file.Split('/').Any(part => part is "bin" or "obj"))
            .Where(file => !own.Any(path => file.StartsWith(path, StringComparison.Ordinal)))
            .Where(file => names.IsMatch(File.ReadAllText(Path.Combine(RepositoryFolder.Root, file))));

        Assert.Equal([Registration], knowing);
    }
}
