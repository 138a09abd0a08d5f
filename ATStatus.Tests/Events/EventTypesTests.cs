using ATStatus.Core.Events;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Events;

public sealed class EventTypesTests
{
    [Fact]
    public void Names_descriptions_and_order_are_those_of_the_document()
    {
        var table = string.Concat(EventTypes.All.Select(type => $"{type.WireName()}{type.Description()}\n"));

        Assert.Contains(
            $"EventDescription\n{table}\nSignature Verification", TestResource.Text("custom-webhooks.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_additional_ones_are_none_of_the_nine_and_come_last()
    {
        Assert.Equal(9, EventTypes.All.Count);
        Assert.Equal(["maintenance.updated", "maintenance.reminder"], EventTypes.Additional.Select(type => type.WireName()));
        Assert.Equal([.. EventTypes.All, .. EventTypes.Additional], EventTypes.Selectable);
        Assert.Equal([.. EventTypes.Selectable, .. EventTypes.Alerts], EventTypes.Every);
        Assert.Equal(Enum.GetValues<EventType>().Order(), EventTypes.Every.Order());
        Assert.All(EventTypes.Additional, type => Assert.Equal((EventGroup.Maintenance, "maintenance"), (type.Group(), type.Subject())));
        // Numbers may be stored.
        Assert.Equal([11, 12], EventTypes.Additional.Select(type => (int)type));
        Assert.Equal(5, EventTypes.Of(EventGroup.Maintenance).Count);
    }

    [Fact]
    public void Groups_follow_the_names()
    {
        Assert.All(EventTypes.Selectable, type => Assert.StartsWith(
            type.Group() switch { EventGroup.Incidents => "incident.", EventGroup.Maintenance => "maintenance.", _ => "component." },
            type.WireName(),
            StringComparison.Ordinal));
    }

    [Fact]
    public void Every_name_leads_back_to_its_value()
    {
        Assert.All(EventTypes.Every, type =>
            Assert.Equal((true, type), (EventTypes.TryParse(type.WireName(), out var parsed), parsed)));
        Assert.All(IncidentStatuses.All, status =>
            Assert.Equal((true, status), (IncidentStatuses.TryParse(status.WireName(), out var parsed), parsed)));
        Assert.All(IncidentSeverities.All, severity =>
            Assert.Equal((true, severity), (IncidentSeverities.TryParse(severity.WireName(), out var parsed), parsed)));
        Assert.All(MaintenanceStatuses.All, status =>
            Assert.Equal((true, status), (MaintenanceStatuses.TryParse(status.WireName(), out var parsed), parsed)));
        Assert.All(ComponentStatuses.All, status =>
            Assert.Equal((true, status), (ComponentStatuses.TryParse(status.WireName(), out var parsed), parsed)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("Incident.Created")]
    [InlineData("IncidentCreated")]
    [InlineData("incident.created ")]
    [InlineData("Resolved")]
    public void Anything_else_is_no_name(string? text)
    {
        Assert.False(EventTypes.TryParse(text, out _));
        Assert.False(IncidentStatuses.TryParse(text, out _));
        Assert.False(IncidentSeverities.TryParse(text, out _));
        Assert.False(ComponentStatuses.TryParse(text, out _));
    }

    [Fact]
    public void The_vocabulary_is_the_contracts()
    {
        Assert.Equal(["investigating", "identified", "monitoring", "resolved"], IncidentStatuses.All.Select(status => status.WireName()));
        Assert.Equal(["scheduled", "in_progress", "completed", "cancelled"], MaintenanceStatuses.All.Select(status => status.WireName()));
        Assert.Equal(["none", "minor", "major", "critical"], IncidentSeverities.All.Select(severity => severity.WireName()));
        Assert.Equal(
            ["operational", "degraded", "partial_outage", "major_outage", "maintenance"],
            ComponentStatuses.All.Select(status => status.WireName()));
    }

    [Fact]
    public void Labels_are_the_names_in_sentence_case()
    {
        static string Label(string wireName) => char.ToUpperInvariant(wireName[0]) + wireName[1..].Replace('_', ' ');

        Assert.All(IncidentStatuses.All, status => Assert.Equal(Label(status.WireName()), status.Label()));
        Assert.All(MaintenanceStatuses.All, status => Assert.Equal(Label(status.WireName()), status.Label()));
        Assert.All(IncidentSeverities.All, severity => Assert.Equal(Label(severity.WireName()), severity.Label()));
        Assert.All(ComponentStatuses.All, status => Assert.Equal(Label(status.WireName()), status.Label()));
    }

    [Fact]
    public void An_undefined_value_has_no_name()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ((EventType)99).WireName());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((EventType)99).Description());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((EventType)99).Group());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((IncidentStatus)99).WireName());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((IncidentSeverity)99).Label());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((ComponentStatus)99).WireName());
    }
}
