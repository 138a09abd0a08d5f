using System.Reflection;
using ATStatus.Admin.Components;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Architecture;

/// <summary>Pages get what needs a right only through the door that checks it.</summary>
public sealed class NeededRightTests
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // What these write is nobody's right in particular: what the engine does by itself, the own session and password, and what a link opens.
    private static readonly string[] WithoutRight = ["PasswordService", "SecondFactorService"];

    [Fact]
    public void No_page_is_given_a_service_that_needs_a_right_without_the_door()
    {
        var wrong = from type in typeof(App).Assembly.GetTypes()
                    where typeof(IComponent).IsAssignableFrom(type)
                    from property in type.GetProperties(Any)
                    where property.IsDefined(typeof(InjectAttribute)) && property.PropertyType.IsDefined(typeof(NeedsAttribute))
                    select $"{type.Name}.{property.Name}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_service_of_the_core_says_which_right_it_needs()
    {
        var silent = typeof(CoreServices).Assembly.GetTypes()
            .Where(type => type.IsPublic && type.Name.EndsWith("Service", StringComparison.Ordinal) && !type.IsDefined(typeof(NeedsAttribute)))
            .Select(type => type.Name).Except(WithoutRight);
        Assert.Empty(silent);
    }

    [Fact]
    public void The_rights_of_the_roles_are_those_of_the_table()
    {
        Assert.Equal(Enum.GetValues<Right>(), Roles.RightsOf(Roles.Admin, false, false));
        Assert.Equal([Right.WriteStatus], Roles.RightsOf(Roles.Editor, false, false));
        Assert.Equal([Right.SeePayloads, Right.Redeliver, Right.WriteStatus], Roles.RightsOf(Roles.Editor, true, true));
        Assert.Empty(Roles.RightsOf(Roles.Viewer, false, false));
        Assert.Equal([Right.SeePayloads, Right.Redeliver], Roles.RightsOf(Roles.Viewer, true, true));
        Assert.Empty(Roles.RightsOf(null, false, false));
        Assert.Empty(Roles.RightsOf("Administrator", false, false));
    }

    [Fact]
    public void Every_right_has_a_policy_of_its_name() => Assert.Equal(
        Enum.GetNames<Right>().Order(),
        typeof(Policies).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!).Except([Policies.Console, Policies.Metrics]).Order());
}
