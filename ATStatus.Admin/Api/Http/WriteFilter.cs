using System.Globalization;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Core.Outbox;

namespace ATStatus.Admin.Api.Http;

/// <summary>Around every write: no unknown fields, the events that it raised in a header, and, with <c>?preview=true</c>, what it would raise instead of the write.</summary>
internal sealed class WriteFilter : IEndpointFilter
{
    public const string EventIds = "X-Event-Ids";

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var body in context.Arguments.OfType<WriteBody>())
            body.ThrowIfUnknown();
        using var scope = ChangeScope.Begin(context.HttpContext.IsPreview());
        try
        {
            var answer = await next(context);
            if (scope.EventIds.Count > 0)
                context.HttpContext.Response.Headers[EventIds] = string.Join(',', scope.EventIds.Select(id => id.ToString(CultureInfo.InvariantCulture)));
            return answer;
        }
        catch (PreviewedException preview)
        {
            return context.HttpContext.One(Answers.Preview(preview.Events));
        }
    }
}

/// <summary>Whether a request only asks.</summary>
internal static class Previews
{
    /// <summary>Whether the write is to be answered with what it would do.</summary>
    /// <exception cref="BadHttpRequestException">The parameter is neither true nor false.</exception>
    public static bool IsPreview(this HttpContext context) => context.Request.Query["preview"] switch
    {
        [] => false,
        [{ } text] when bool.TryParse(text, out var preview) => preview,
        _ => throw new BadHttpRequestException("Failed to bind parameter \"bool preview\" from the query."),
    };
}
