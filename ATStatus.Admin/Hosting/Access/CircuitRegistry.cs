using System.Collections.Concurrent;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>The circuits of this process in which somebody is signed in.</summary>
internal sealed class CircuitRegistry
{
    private readonly ConcurrentDictionary<CircuitAuthentication, byte> _circuits = new();

    public IEnumerable<CircuitAuthentication> All => _circuits.Keys;

    public void Add(CircuitAuthentication circuit) => _circuits[circuit] = 0;

    public void Remove(CircuitAuthentication circuit) => _circuits.TryRemove(circuit, out _);
}
