using System.Text;
using ATStatus.Core.Events;
using ATStatus.Tests.Sending.Messages;
using CsCheck;

namespace ATStatus.Tests.Events;

/// <summary>What was written is read again as it was: retries of every type of notification build on that.</summary>
public sealed class EventPayloadReaderTests
{
    [Fact]
    public void What_was_read_is_written_again_byte_for_byte() => NastyEvents.Payloads.Sample(payload =>
    {
        var read = EventPayloadReader.Read(payload);
        return EventPayload.Write(read.Type, read.Timestamp, read.Page, read.Data).AsSpan().SequenceEqual(payload);
    }, iter: 300);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"event":"incident.exploded","timestamp":"2026-01-14T12:00:00Z","statusPage":{"id":1,"name":"M","slug":"m"},"data":{}}""")]
    [InlineData("""{"event":"incident.created","timestamp":"2026-01-14T12:00:00Z","statusPage":{"id":1,"name":"M","slug":"m"},"data":{"id":1}}""")]
    [InlineData("""{"event":"incident.created","timestamp":"yesterday","statusPage":{"id":1,"name":"M","slug":"m"},"data":{}}""")]
    [InlineData("""{"event":"component.created","timestamp":"2026-01-14T12:00:00Z","statusPage":{"id":1,"name":"M","slug":"m"},"data":{"id":1,"name":"A","previousStatus":null,"newStatus":"on fire","uptimePercent":1}}""")]
    public void What_is_no_payload_is_said_to_be_none(string text) =>
        Assert.Throws<FormatException>(() => EventPayloadReader.Read(Encoding.UTF8.GetBytes(text)));
}
