using System.Net.Sockets;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Connections;

namespace ATStatus.Admin.Hosting;

/// <summary>The failures of a start that are the operator's to put right: each is one line. Anything else is a bug and keeps its stack.</summary>
internal static class StartFailures
{
    /// <summary>The line; null for a bug.</summary>
    public static string? Explain(Exception failure) => failure switch
    {
        StartRefusedException refused => refused.Message,
        DatabaseNotWritableException database => database.Fault.Words(),
        // Kestrel: "Failed to bind to address http://…: address already in use."
        IOException { InnerException: AddressInUseException } taken => $"{taken.Message} Choose another with --urls.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "The address in urls cannot be bound: access is denied. Choose another with --urls.",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "The address in urls is none of this machine's. Choose another with --urls.",
        InvalidDataException unreadable => new StartRefusedException($"{unreadable.Message} {unreadable.InnerException?.Message}").Message,
        _ => null,
    };
}
