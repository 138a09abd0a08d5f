using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using ATStatus.Core;

namespace ATStatus.Tests.Architecture;

/// <summary>
/// Who may use whom among the rooms of ATStatus.Core. Read off the compiled code: every type that a room's metadata
/// (signatures, bases, and member references within method bodies) names.
/// </summary>
public sealed class RoomTests
{
    /// <summary>The stair, from the ground up: a room uses only rooms that stand before it here.</summary>
    private static readonly string[] Stair =
    [
        "Events", "Problems", "Signing", "Sending", "Model", "Persistence", "Deliveries", "Dispatch", "Outbox", "StatusPages", "Recovery", "DeliveryLog",
        "Notifications", "Incidents", "Maintenance", "Access", "TestReceiver",
    ];

    [Fact]
    public void Every_room_is_on_the_stair()
    {
        var rooms = typeof(CoreServices).Assembly.GetTypes().Select(t => RoomOf(t.FullName ?? "")).Distinct().Where(r => r is not (null or ""));
        Assert.Equal(Stair.Order(), rooms.Order());
    }

    [Fact]
    public void No_room_uses_one_that_stands_above_it()
    {
        var wrong = Uses()
            .Where(u => u.From != "" && Array.IndexOf(Stair, u.To) > Array.IndexOf(Stair, u.From))
            .Select(u => $"{u.Type} uses {u.Used}").Distinct().Order();
        var list = string.Join(Environment.NewLine, wrong);
        Assert.True(list.Length == 0, list);
    }

    [Fact]
    public void What_sends_knows_neither_the_database_nor_hangfire()
    {
        var wrong = AllUses().Where(u => RoomOf(u.Type) == "Sending")
            .Where(u => u.Used.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal) || u.Used.StartsWith("Hangfire", StringComparison.Ordinal));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Pages_touch_neither_the_context_nor_hangfire()
    {
        var pages = typeof(Admin.Components.ConsoleUi).Assembly.GetTypes()
            .Where(t => t.Namespace?.StartsWith("ATStatus.Admin.Features", StringComparison.Ordinal) == true);
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var wrong = from page in pages
                    from type in page.GetFields(all).Select(f => f.FieldType)
                        .Concat(page.GetProperties(all).Select(p => p.PropertyType))
                        .Concat(page.GetConstructors(all).SelectMany(c => c.GetParameters()).Select(p => p.ParameterType))
                    let name = type.ToString()
                    where name.Contains("DbContext", StringComparison.Ordinal) || name.Contains("Hangfire", StringComparison.Ordinal)
                    select $"{page.FullName}: {name}";
        Assert.Empty(wrong);
    }

    /// <summary>A ninth says that a class is missing. Records carry what they are given, and so do the compiler's own types.</summary>
    [Fact]
    public void No_constructor_of_a_class_takes_more_than_eight_parameters()
    {
        var wrong = from type in typeof(CoreServices).Assembly.GetTypes().Concat(typeof(Admin.Components.ConsoleUi).Assembly.GetTypes())
                    where type.IsClass && type.GetMember("<Clone>$").Length == 0 && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
                    from constructor in type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                    let count = constructor.GetParameters().Length
                    where count > 8
                    select $"{type.FullName}: {count}";
        Assert.Empty(wrong);
    }

    private sealed record Use(string Type, string Used);

    private static IEnumerable<(string From, string To, string Type, string Used)> Uses() =>
        from use in AllUses()
        let to = RoomOf(use.Used)
        where to is not null and not ""
        let @from = RoomOf(use.Type)
        where @from is not null
        select (@from, to, use.Type, use.Used);

    /// <summary>The room of a type of ATStatus.Core: empty for the library's root, null for a type of somebody else's.</summary>
    private static string? RoomOf(string type)
    {
        const string root = "ATStatus.Core.";
        if (!type.StartsWith(root, StringComparison.Ordinal))
            return null;
        var parts = type[root.Length..].Split('.');
        return parts.Length == 1 ? "" : parts[0];
    }

    private static List<Use> AllUses()
    {
        var uses = new HashSet<Use>();
        using var file = File.OpenRead(typeof(CoreServices).Assembly.Location);
        using var portable = new PEReader(file);
        var reader = portable.GetMetadataReader();
        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            var name = Outermost(reader, type);
            Add(name, type.BaseType);
            foreach (var implemented in type.GetInterfaceImplementations())
                Add(name, reader.GetInterfaceImplementation(implemented).Interface);
            foreach (var field in type.GetFields())
                Read(name, reader.GetFieldDefinition(field).Signature);
            foreach (var methodHandle in type.GetMethods())
            {
                var method = reader.GetMethodDefinition(methodHandle);
                Read(name, method.Signature);
                if (method.RelativeVirtualAddress != 0)
                    foreach (var token in Tokens(portable.GetMethodBody(method.RelativeVirtualAddress).GetILBytes() ?? []))
                        Add(name, token);
            }
        }
        return [.. uses];

        void Add(string from, EntityHandle used)
        {
            if (used.IsNil)
                return;
            switch (used.Kind)
            {
                case HandleKind.TypeDefinition:
                    uses.Add(new Use(from, Outermost(reader, reader.GetTypeDefinition((TypeDefinitionHandle)used))));
                    break;
                case HandleKind.TypeReference:
                    var reference = reader.GetTypeReference((TypeReferenceHandle)used);
                    uses.Add(new Use(from, $"{reader.GetString(reference.Namespace)}.{reader.GetString(reference.Name)}"));
                    break;
                case HandleKind.TypeSpecification:
                    foreach (var part in Names(reader.GetBlobReader(reader.GetTypeSpecification((TypeSpecificationHandle)used).Signature)))
                        Add(from, part);
                    break;
                case HandleKind.MethodDefinition:
                    Add(from, reader.GetMethodDefinition((MethodDefinitionHandle)used).GetDeclaringType());
                    break;
                case HandleKind.FieldDefinition:
                    Add(from, reader.GetFieldDefinition((FieldDefinitionHandle)used).GetDeclaringType());
                    break;
                case HandleKind.MemberReference:
                    Add(from, reader.GetMemberReference((MemberReferenceHandle)used).Parent);
                    break;
                case HandleKind.MethodSpecification:
                    var specification = reader.GetMethodSpecification((MethodSpecificationHandle)used);
                    Add(from, specification.Method);
                    foreach (var part in Names(reader.GetBlobReader(specification.Signature)))
                        Add(from, part);
                    break;
            }
        }

        void Read(string from, BlobHandle signature)
        {
            foreach (var part in Names(reader.GetBlobReader(signature)))
                Add(from, part);
        }

        // A compressed type token stands behind ELEMENT_TYPE_CLASS (0x12) and ELEMENT_TYPE_VALUETYPE (0x11) (ECMA-335 II.23.2).
        static IEnumerable<EntityHandle> Names(BlobReader blob)
        {
            var found = new List<EntityHandle>();
            while (blob.RemainingBytes > 0)
            {
                if (blob.ReadByte() is 0x11 or 0x12 && blob.RemainingBytes > 0)
                    found.Add(blob.ReadTypeHandle());
            }
            return found;
        }

        // Walks the instructions (ECMA-335 III) and gives what each names in this module's tables.
        static IEnumerable<EntityHandle> Tokens(byte[] code)
        {
            for (var i = 0; i < code.Length;)
            {
                var value = code[i] == 0xFE ? unchecked((short)(0xFE00 | code[i + 1])) : code[i];
                var instruction = OpCodesByValue[value];
                i += instruction.Size;
                switch (instruction.OperandType)
                {
                    case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                        yield return MetadataTokens.EntityHandle(BitConverter.ToInt32(code, i));
                        i += 4;
                        break;
                    case OperandType.InlineSwitch:
                        i += 4 + 4 * BitConverter.ToInt32(code, i);
                        break;
                    case OperandType.InlineNone:
                        break;
                    case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                        i += 1;
                        break;
                    case OperandType.InlineVar:
                        i += 2;
                        break;
                    case OperandType.InlineI8 or OperandType.InlineR:
                        i += 8;
                        break;
                    default:
                        i += 4;
                        break;
                }
            }
        }
    }

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => o.Value);

    private static string Outermost(MetadataReader reader, TypeDefinition type)
    {
        while (!type.GetDeclaringType().IsNil)
            type = reader.GetTypeDefinition(type.GetDeclaringType());
        return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }
}
