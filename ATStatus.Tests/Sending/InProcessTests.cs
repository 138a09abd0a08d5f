using System.Net;
using System.Text;
using ATStatus.Core.Sending;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Sending;

/// <summary>Receivers inside the process, and what only a body under the test's control can show.</summary>
public sealed class InProcessTests
{
    /// <summary>How long a test waits, on the real clock, for what should happen at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reserved_name_is_answered_in_process_with_the_guard_closed()
    {
        var endpoint = new RecordingEndpoint();
        using var rig = new SendingRig(new WebhookOptions { RequireHttps = true }, [endpoint]);
        var url = new Uri("https://test-receiver.invalid/abc");

        var result = await rig.SendAsync(url);
        var check = await rig.Policy.CheckAsync(url.AbsoluteUri, Token);

        Assert.Equal(202, result.StatusCode);
        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        Assert.Equal("seen", result.ResponseBody);
        Assert.Equal("{\"event\":\"incident.created\"}", endpoint.Body);
        Assert.Equal(result.RequestHeaders.Select(h => h.Key).Order(), endpoint.HeaderNames.Order());
        Assert.True(check.IsAcceptable);
        Assert.Empty(check.Warnings);
        Assert.Equal(0, rig.Resolver.Calls);
    }

    [Fact]
    public async Task An_endpoint_cannot_claim_a_real_host()
    {
        var endpoint = new RecordingEndpoint();
        using var rig = new SendingRig(new WebhookOptions(), [endpoint]);

        var result = await rig.SendAsync(new Uri("https://hooks.example/"));

        Assert.Equal(FailureKind.Dns, result.Failure);
        Assert.Null(endpoint.Body);
    }

    [Fact]
    public async Task A_body_is_waited_for_three_seconds()
    {
        var clock = new FakeTimeProvider(SendingRig.Now);
        var endpoint = new StallingEndpoint();
        using var rig = new SendingRig(endpoints: [endpoint], time: clock);

        var sending = rig.SendAsync(new Uri("https://test-receiver.invalid/"));
        await endpoint.Stalled.WaitAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        var result = await sending.WaitAsync(Patience, Token);

        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        Assert.True(result.ResponseBodyTruncated);
        Assert.Equal(TimeSpan.Zero, result.Duration);
    }

    [Fact]
    public async Task Cancelling_after_the_status_changes_nothing()
    {
        var endpoint = new StallingEndpoint();
        using var rig = new SendingRig(endpoints: [endpoint]);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var sending = rig.Sender.SendAsync(SendingRig.Request(new Uri("https://test-receiver.invalid/")), cancel.Token);
        await endpoint.Stalled.WaitAsync(Token);
        await cancel.CancelAsync();

        Assert.Equal(SendVerdict.Delivered, (await sending.WaitAsync(Patience, Token)).Verdict);
    }

    private sealed class RecordingEndpoint : IInProcessEndpoint
    {
        public string? Body { get; private set; }

        public string[] HeaderNames { get; private set; } = [];

        public bool Claims(Uri url) => true;

        public async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Body = Encoding.UTF8.GetString(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            HeaderNames = [.. request.Headers.NonValidated.Select(h => h.Key), .. request.Content.Headers.NonValidated.Select(h => h.Key)];
            return new HttpResponseMessage(HttpStatusCode.Accepted) { Content = new StringContent("seen") };
        }
    }

    /// <summary>Answers 200 with a body that never comes, and tells when it is being read.</summary>
    private sealed class StallingEndpoint : IInProcessEndpoint
    {
        private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Stalled => _stalled.Task;

        public bool Claims(Uri url) => true;

        public Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new StallingStream(_stalled)) });
    }

    private sealed class StallingStream(TaskCompletionSource stalled) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            stalled.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
