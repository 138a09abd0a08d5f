using System.Collections;
using System.Reflection;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

// The framework's own types, which may change: this is what fails then.
#pragma warning disable BL0006

namespace ATStatus.Tests.Support;

/// <summary>
/// What the server has in the controls of a page that is open in a browser, whichever they are: read off the render trees of its circuit,
/// in which an event that arrived stands, as does what its handler made of it. The framework keeps them to itself; hence the reflection.
/// </summary>
internal static class ServerControls
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private const string ShownScript = """
        () => [...document.querySelectorAll('input, select, textarea')].map(field => {
          const ticks = ['checkbox', 'radio'].includes(field.type);
          return `${field.tagName.toLowerCase()} ${field.labels?.[0]?.textContent.trim() ?? ''} = ${field.type === 'file' ? '' : ticks ? field.checked : field.value}`;
        })
        """;

    /// <summary>Returns where the page shows something else than the server has: "shown | had", in the order of the page.</summary>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(ConsoleApp app, IPage page)
    {
        var shown = await page.EvaluateAsync<string[]>(ShownScript);
        var had = await OnServerAsync(app);
        if (shown.Length != had.Count)
            return [$"{shown.Length} controls are shown, {had.Count} are on the server: {string.Join("; ", shown)} | {string.Join("; ", had)}"];
        return [.. shown.Zip(had).Where(pair => !IsSame(pair.First, pair.Second)).Select(pair => $"{pair.First} | {pair.Second}")];
    }

    private static bool IsSame(string shown, string had) => shown.Split(' ')[0] == had.Split(' ')[0] && ValueOf(shown) == ValueOf(had);

    /// <summary>The framework adds the seconds to a time that the browser shows without them.</summary>
    private static string ValueOf(string control)
    {
        var value = control[(control.IndexOf(" = ", StringComparison.Ordinal) + 3)..];
        return value is { Length: 19 } and [.., 'T', _, _, ':', _, _, ':', '0', '0'] ? value[..16] : value;
    }

    private static async Task<IReadOnlyList<string>> OnServerAsync(ConsoleApp app)
    {
        var registryType = typeof(Microsoft.AspNetCore.Components.Server.CircuitOptions).Assembly.GetType("Microsoft.AspNetCore.Components.Server.Circuits.CircuitRegistry", throwOnError: true)!;
        var registry = app.Services.GetRequiredService(registryType);
        var connected = (IEnumerable)registryType.GetProperty("ConnectedCircuits", Any)!.GetValue(registry)!;
        var circuits = connected.Cast<object>().Select(pair => pair.GetType().GetProperty("Value")!.GetValue(pair)!).ToList();
        var renderer = (Renderer)circuits.Single().GetType().GetProperty("Renderer", Any)!.GetValue(circuits.Single())!;
        var found = new List<string>();
        await renderer.Dispatcher.InvokeAsync(() =>
        {
            var states = (IDictionary)typeof(Renderer).GetField("_componentStateById", Any)!.GetValue(renderer)!;
            foreach (DictionaryEntry state in states)
            {
                if (state.Value!.GetType().GetProperty("ParentComponentState", Any)!.GetValue(state.Value) is null)
                    Walk(renderer, (int)state.Key, found);
            }
        });
        return found;
    }

    private static void Walk(Renderer renderer, int component, List<string> found)
    {
        var frames = (ArrayRange<RenderTreeFrame>)typeof(Renderer).GetMethod("GetCurrentRenderTreeFrames", Any)!.Invoke(renderer, [component])!;
        for (var i = 0; i < frames.Count; i++)
        {
            ref var frame = ref frames.Array[i];
            if (frame.FrameType == RenderTreeFrameType.Component)
                Walk(renderer, frame.ComponentId, found);
            else if (frame.FrameType == RenderTreeFrameType.Element && frame.ElementName is "input" or "select" or "textarea")
                found.Add(Describe(frames, i));
        }
    }

    private static string Describe(ArrayRange<RenderTreeFrame> frames, int element)
    {
        var attributes = new Dictionary<string, object?>();
        for (var i = element + 1; i < frames.Count && frames.Array[i].FrameType == RenderTreeFrameType.Attribute; i++)
            attributes[frames.Array[i].AttributeName] = frames.Array[i].AttributeValue;
        var value = attributes.GetValueOrDefault("type") switch
        {
            "file" => "",
            "checkbox" or "radio" => attributes.GetValueOrDefault("checked") is true ? "true" : "false",
            _ => attributes.GetValueOrDefault("value")?.ToString() ?? "",
        };
        return $"{frames.Array[element].ElementName} {attributes.GetValueOrDefault("id")} = {value}";
    }
}
