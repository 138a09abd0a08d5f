using System.Globalization;

namespace ATStatus.Core.Model;

/// <summary>What kind of actor a change comes from. Stored by name.</summary>
public enum AuditActorKind
{
    /// <summary>The console: its clock and its engine.</summary>
    System,

    /// <summary>A person with an account.</summary>
    User,

    /// <summary>A program with an API key.</summary>
    ApiKey,

    /// <summary>Somebody who is not signed in.</summary>
    Visitor,
}

/// <summary>
/// Who changes something, and from where, as the audit trail names them. It is ambient: whoever lets somebody in says it once
/// (<see cref="Use"/>), and what is saved from there on names them. Where nobody has said, it is the <see cref="System"/>.
/// </summary>
/// <param name="Name">The account's or the key's name.</param>
/// <param name="Id">The account's or the key's number; null for the system and for visitors.</param>
/// <param name="Address">The network address; empty where there is none.</param>
public sealed record AuditActor(AuditActorKind Kind, string Name, string? Id = null, string Address = "")
{
    /// <summary>The clock and the engine.</summary>
    public static readonly AuditActor System = new(AuditActorKind.System, "system");

    /// <summary>Whoever runs a verb on the console's machine.</summary>
    public static readonly AuditActor CommandLine = new(AuditActorKind.System, "command line");

    private static readonly AsyncLocal<AuditActor?> Ambient = new();

    /// <summary>Who acts here and now.</summary>
    public static AuditActor Current => Ambient.Value ?? System;

    public static AuditActor OfUser(Guid id, string name, string address) => new(AuditActorKind.User, name, id.ToString(), address);

    public static AuditActor OfKey(int id, string name, string address) =>
        new(AuditActorKind.ApiKey, name, id.ToString(CultureInfo.InvariantCulture), address);

    /// <summary>Somebody unknown, such as one who tries to sign in.</summary>
    public static AuditActor Visitor(string address) => new(AuditActorKind.Visitor, "", null, address);

    /// <summary>
    /// Lets this actor be the one of everything that the caller's asynchronous flow does from here on, until what is returned is disposed or the
    /// caller's method has ended.
    /// </summary>
    public static IDisposable Use(AuditActor actor)
    {
        var scope = new Scope(Ambient.Value);
        Ambient.Value = actor;
        return scope;
    }

    private sealed class Scope(AuditActor? before) : IDisposable
    {
        public void Dispose() => Ambient.Value = before;
    }
}
