namespace ATStatus.Core.Model;

/// <summary>One request that the built-in test receiver got.</summary>
public sealed class ReceivedRequest
{
    public long Id { get; set; }

    /// <summary>When it came (UTC).</summary>
    public DateTime At { get; set; }

    /// <summary>The method and path, as a receiver sees them.</summary>
    public required string RequestLine { get; set; }

    /// <summary>The headers, one <c>Name: value</c> a line.</summary>
    public required string Headers { get; set; }

    public required byte[] Body { get; set; }

    /// <summary>What became of the signature.</summary>
    public SignatureVerdict Verdict { get; set; }

    /// <summary>The status the receiver answered with.</summary>
    public int AnsweredStatus { get; set; }
}

/// <summary>What a receiver that knows the secret finds.</summary>
public enum SignatureVerdict
{
    /// <summary>The signature is that of the body under the notification's secret.</summary>
    Valid,

    /// <summary>There is a signature, and it is not that.</summary>
    Invalid,

    /// <summary>The notification has no secret, so there is no signature.</summary>
    Unsigned,
}
