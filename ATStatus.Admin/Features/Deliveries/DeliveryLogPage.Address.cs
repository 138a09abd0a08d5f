using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>What stands in the address, by the names of <see cref="DeliveryLogQuery"/>.</summary>
public sealed partial class DeliveryLogPage
{
    [SupplyParameterFromQuery(Name = "state")]
    public string? State { get; set; }

    [SupplyParameterFromQuery(Name = "notification")]
    public string? Notification { get; set; }

    [SupplyParameterFromQuery(Name = "event")]
    public string? Event { get; set; }

    [SupplyParameterFromQuery(Name = "failure")]
    public string? Failure { get; set; }

    [SupplyParameterFromQuery(Name = "status")]
    public string? Status { get; set; }

    [SupplyParameterFromQuery(Name = "test")]
    public string? Test { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "since")]
    public string? Since { get; set; }

    [SupplyParameterFromQuery(Name = "until")]
    public string? Until { get; set; }

    [SupplyParameterFromQuery(Name = "before")]
    public string? Before { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    private DeliveryLogQuery Address() => DeliveryLogQuery.Parse(name => name switch
    {
        "state" => State,
        "notification" => Notification,
        "event" => Event,
        "failure" => Failure,
        "status" => Status,
        "test" => Test,
        "q" => Text,
        "since" => Since,
        "until" => Until,
        "before" => Before,
        "after" => After,
        _ => null,
    });
}
