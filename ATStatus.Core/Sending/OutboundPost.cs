namespace ATStatus.Core.Sending;

/// <summary>
/// Makes one attempt: a POST of a request's body with the headers its sender chooses and those the operator added. One limit holds for the
/// whole attempt up to the response's headers, and then the status has decided; the start of the body is only read along.
/// </summary>
/// <param name="options">The limit, and whether plain HTTP is refused.</param>
/// <param name="time">The clock for instants, durations and limits.</param>
public sealed class OutboundPost(OutboundHttp http, WebhookOptions options, TimeProvider time)
{
    /// <summary>The longest wait for the start of a response's body, within the attempt's own limit.</summary>
    private static readonly TimeSpan BodyLimit = TimeSpan.FromSeconds(3);

    /// <summary>Sends, and returns what came of it; see <see cref="IDeliverySender.SendAsync"/>.</summary>
    /// <param name="headersOf">The headers, but for those the operator added, of an attempt that begins at a moment.</param>
    /// <exception cref="ArgumentException">The request itself is wrong: not an absolute http or https URL.</exception>
    internal async Task<SendResult> SendAsync(
        SendRequest request, Func<SendRequest, DateTimeOffset, List<KeyValuePair<string, string>>> headersOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.Url.IsAbsoluteUri || (request.Url.Scheme != Uri.UriSchemeHttp && request.Url.Scheme != Uri.UriSchemeHttps))
            throw new ArgumentException("The URL must be absolute and http or https.", nameof(request));

        var startedAt = time.GetUtcNow();
        var started = time.GetTimestamp();
        if (RefusedBeforehand(request) is var (kind, error))
            return new SendResult { StartedAt = startedAt, Duration = TimeSpan.Zero, Failure = kind, Error = error };

        var headers = headersOf(request, startedAt);
        // The values of added headers are secrets: sent, and shown to nobody.
        IReadOnlyList<KeyValuePair<string, string>> shown =
            [.. headers, .. request.Headers.Select(header => KeyValuePair.Create(header.Key, SafeText.Mask))];
        using var message = MessageOf(request, headers);
        ConnectionStopwatch.Attach(message, time);
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(message, ReceiverTrust.Of(request.Options), either.Token);
            var duration = time.GetElapsedTime(started);
            var safe = new SafeText(request.Secret, request.Url, AddedHeaders.Hidden(request.Headers).Append(request.PreviousSecret));
            var result = await ResultOfAsync(response, startedAt, duration, shown, safe, cancellationToken);
            return result with { Timings = ConnectionStopwatch.Of(message).Timings };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Failed(FailureKind.Cancelled, SendFailures.Cancelled);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return Failed(FailureKind.Timeout, SendFailures.TimedOut(options.Timeout));
        }
        catch (Exception failure) when (SendFailures.IsExpected(failure))
        {
            var (failureKind, words) = SendFailures.Describe(failure);
            return Failed(failureKind, words);
        }

        SendResult Failed(FailureKind failure, string words) => new()
        {
            StartedAt = startedAt,
            Duration = time.GetElapsedTime(started),
            Failure = failure,
            Timings = ConnectionStopwatch.Of(message).TimingsSoFar,
            RequestHeaders = shown,
            Error = words,
        };
    }

    private (FailureKind Kind, string Error)? RefusedBeforehand(SendRequest request)
    {
        if (options.RequireHttps && request.Url.Scheme != Uri.UriSchemeHttps) return (FailureKind.AddressRefused, FailureCause.HttpsRequired.DisplayText());
        if (request.Options.TlsTrust == TlsTrust.Unverified && request.Url.Scheme == Uri.UriSchemeHttps && !options.AllowInsecureTls)
            return (FailureKind.Tls, FailureCause.UnverifiedForbidden.DisplayText());
        try
        {
            _ = request.Url.IdnHost;
            return null;
        }
        catch (UriFormatException)
        {
            return (FailureKind.Dns, SendFailures.InvalidHost);
        }
    }

    private async Task<SendResult> ResultOfAsync(
        HttpResponseMessage response,
        DateTimeOffset startedAt,
        TimeSpan duration,
        IReadOnlyList<KeyValuePair<string, string>> requestHeaders,
        SafeText safe,
        CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var failure = SendResult.FailureOf(status);
        var (body, isTruncated) = await BodyAsync(response, duration, safe, cancellationToken);
        return new SendResult
        {
            StartedAt = startedAt,
            Duration = duration,
            Failure = failure,
            StatusCode = status,
            RequestHeaders = requestHeaders,
            ResponseHeaders = ResponseExcerpt.Headers(response, safe),
            ResponseBody = body,
            ResponseBodyTruncated = isTruncated,
            Error = failure is null ? null : SendFailures.Status(status),
            RetryAfter = status is 429 or 503 ? RetryAfterOf(response) : null,
        };
    }

    private async Task<(string Text, bool IsTruncated)> BodyAsync(
        HttpResponseMessage response, TimeSpan used, SafeText safe, CancellationToken cancellationToken)
    {
        var left = options.Timeout - used;
        if (left <= TimeSpan.Zero) return ("", true);
        using var limit = new CancellationTokenSource(left < BodyLimit ? left : BodyLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await ResponseExcerpt.BodyAsync(response.Content, safe, either.Token);
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Retry-After", out var values)
            ? RetryAfter.Parse(values.FirstOrDefault(), time.GetUtcNow())
            : null;

    private static HttpRequestMessage MessageOf(SendRequest request, List<KeyValuePair<string, string>> headers)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, request.Url) { Content = new ReadOnlyMemoryContent(request.Body) };
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith("Content-", StringComparison.Ordinal)) message.Content.Headers.Add(name, value);
            else message.Headers.Add(name, value);
        }

        foreach (var (name, value) in request.Headers)
        {
            // Some names (Expires, Allow, Last-Modified) belong to the content for the platform, which drops them elsewhere.
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }
}
