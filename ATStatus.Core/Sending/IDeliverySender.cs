namespace ATStatus.Core.Sending;

/// <summary>
/// Sends deliveries of one kind of notification. A kind is one folder beside this file, and one line in <see cref="DeliverySenders"/>. What is
/// not said differently is as the plain webhook has it.
/// </summary>
public interface IDeliverySender
{
    /// <summary>The kind of notification it sends for, e.g. <c>webhook</c>.</summary>
    string Kind { get; }

    /// <summary>
    /// Whether its receivers are the operator's own: whether a secret, added headers and a rule about certificates are theirs to choose. A
    /// service that gives out a URL takes none of these.
    /// </summary>
    bool SignsRequests => true;

    /// <summary>Whether its messages link to the status page: whether it needs to be told where that is read.</summary>
    bool NamesPage => false;

    /// <summary>
    /// Makes one attempt. Whatever the network or the receiver does is an outcome and never an exception. An attempt called off through
    /// <paramref name="cancellationToken"/> ends as <see cref="FailureKind.Cancelled"/>, unless the receiver has answered already:
    /// then its status counts.
    /// </summary>
    /// <exception cref="ArgumentException">The request itself is wrong: not an absolute http or https URL.</exception>
    Task<SendResult> SendAsync(SendRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// The body of a request for a stored event. It depends on nothing else than what is handed in, so that each attempt sends the same.
    /// </summary>
    /// <param name="payload">The event as <see cref="Events.EventPayload"/> wrote it.</param>
    /// <param name="settings">What the form asks for beyond a URL, as <see cref="CheckSettings"/> returned it.</param>
    /// <param name="pageUrl">Where the public reads the event's status page; null where nobody said.</param>
    ReadOnlyMemory<byte> BodyOf(ReadOnlyMemory<byte> payload, IReadOnlyDictionary<string, string> settings, string? pageUrl) => payload;

    /// <summary>What is to be said about what was entered beyond a URL, and how it shall be stored.</summary>
    /// <param name="entered">Texts by the names of the kind's settings. Names of other kinds are passed over.</param>
    SettingsCheck CheckSettings(IReadOnlyDictionary<string, string> entered) => SettingsCheck.None;

    /// <summary>What can be said about a URL of this kind without asking the network.</summary>
    EndpointCheck ParseUrl(string? url);

    /// <summary>What is to be said about a URL of this kind before it is saved: errors that forbid saving, and warnings that do not.</summary>
    Task<EndpointCheck> CheckUrlAsync(string? url, CancellationToken cancellationToken);
}
