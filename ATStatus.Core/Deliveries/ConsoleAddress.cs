using System.Globalization;

namespace ATStatus.Core.Deliveries;

/// <summary>Where people open the console, for links in what is sent.</summary>
/// <param name="PublicUrl">The configuration key <c>Hosting:PublicUrl</c>, path base included; null where it is not set.</param>
public sealed record ConsoleAddress(Uri? PublicUrl)
{
    /// <summary>The address of a delivery's page; null where the console's is not known.</summary>
    public string? OfDelivery(long id) =>
        PublicUrl is null ? null : string.Create(CultureInfo.InvariantCulture, $"{PublicUrl.AbsoluteUri.TrimEnd('/')}/admin/deliveries/{id}");
}
