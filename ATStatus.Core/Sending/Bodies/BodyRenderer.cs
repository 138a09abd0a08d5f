using System.Text.Json;

namespace ATStatus.Core.Sending.Bodies;

/// <summary>An event that is to be told in another form than the documented one.</summary>
/// <param name="Payload">The event as it is stored.</param>
/// <param name="RequestId">The X-Request-ID of the delivery.</param>
/// <param name="ComponentIds">The numbers of the components that the payload names, in its order; null where they are not known.</param>
/// <param name="PageUrl">Where the public reads the event's status page; null where nobody said.</param>
public sealed record BodySource(ReadOnlyMemory<byte> Payload, Guid RequestId, IReadOnlyList<int>? ComponentIds = null, string? PageUrl = null);

/// <summary>What became of rendering a body.</summary>
/// <param name="Kind">The form it has.</param>
/// <param name="Content">The bytes to sign and to send; null where there is a <paramref name="Problem"/>.</param>
/// <param name="Problem">Why there are none, for people; null where there are.</param>
public sealed record RenderedBody(BodyKind Kind, byte[]? Content, string? Problem = null);

/// <summary>
/// Renders bodies that are not the documented one. The result is compact JSON and a fixed point of JavaScript's, as the documented body is,
/// and depends on nothing but what is handed in.
/// </summary>
public static class BodyRenderer
{
    /// <summary>Renders the body that <paramref name="options"/> asks for.</summary>
    /// <param name="maxLength">The most bytes it may have.</param>
    public static RenderedBody Render(SendOptions options, BodySource source, int maxLength)
    {
        try
        {
            var content = options.Body switch
            {
                BodyKind.Statuspage => StatuspageBody.Write(source),
                BodyKind.CloudEvents => CloudEventsBody.Write(source),
                BodyKind.Template => TemplateBody.Render(options.TemplateBody ?? "", source, maxLength),
                _ => source.Payload.ToArray(),
            };
            return options.Body is BodyKind.Documented or BodyKind.Statuspage or BodyKind.CloudEvents || content.Length <= maxLength
                ? new RenderedBody(options.Body, content)
                : Failed(TemplateBody.TooLong(maxLength));
        }
        catch (TemplateException e)
        {
            return Failed(e.Message);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return Failed("The event could not be read.");
        }

        RenderedBody Failed(string problem) => new(options.Body, null, problem);
    }
}
