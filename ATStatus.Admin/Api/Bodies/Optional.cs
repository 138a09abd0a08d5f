using System.Text.Json;
using System.Text.Json.Serialization;

namespace ATStatus.Admin.Api.Bodies;

/// <summary>A field of a body that can be left out, which is something else than <c>null</c>: a PATCH keeps what is left out.</summary>
public readonly struct Optional<T>(T? value)
{
    /// <summary>Whether the body has the field.</summary>
    public bool IsGiven { get; } = true;

    /// <summary>Its value; default where it is left out.</summary>
    public T? Value { get; } = value;

    /// <summary>Its value, or what holds where it is left out.</summary>
    public T? Or(T? absent) => IsGiven ? Value : absent;
}

/// <summary>Reads fields that can be left out.</summary>
internal sealed class OptionalConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Null)
                return default(T) is null ? new Optional<T>(default) : throw new JsonException();
            try
            {
                return new Optional<T>(JsonSerializer.Deserialize<T>(ref reader, options));
            }
            catch (JsonException e)
            {
                // Without a path of its own, so that the body's is put in: it names the field.
                throw new JsonException(null, e);
            }
        }

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}
