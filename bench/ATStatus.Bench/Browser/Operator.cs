using System.Diagnostics;
using Microsoft.Playwright;

namespace ATStatus.Bench.Browser;

/// <summary>
/// An experienced operator at a browser, whose presses are counted. What is done, is really done; what it costs is counted by the
/// keystroke-level model (Card, Moran and Newell, 1980), with the waits that the page really causes:
/// a control up to three stops away is reached with Tab and used with a key, any other is pointed at and clicked. One thought precedes each
/// control, but for those that only repeat the one before.
/// </summary>
internal sealed class Operator(IPage page, bool hasShortcuts)
{
    // Seconds.
    private const double Key = 0.2;
    private const double Point = 1.1;
    private const double Button = 0.1;
    private const double Thought = 1.35;
    private const int MostTabs = 3;

    private readonly Stopwatch _waiting = new();
    private int _thoughts;

    /// <summary>Presses of the pointer.</summary>
    public int Clicks { get; private set; }

    /// <summary>Key presses, texts apart.</summary>
    public int Keys { get; private set; }

    /// <summary>Characters of texts.</summary>
    public int Characters { get; private set; }

    /// <summary>Seconds in which there was nothing to do but wait.</summary>
    public double Waited => _waiting.Elapsed.TotalSeconds;

    public double Seconds =>
        _thoughts * Thought + Clicks * (Point + 2 * Button) + (Keys + Characters) * Key + Waited;

    public IPage Page => page;

    /// <summary>Whether the console has Ctrl+Enter and "/".</summary>
    public bool HasShortcuts => hasShortcuts;

    /// <summary>Presses a button, follows a link, ticks a box.</summary>
    /// <param name="target">What.</param>
    /// <param name="again">It repeats the press before on the next of the same: no new thought.</param>
    public async Task PressAsync(ILocator target, bool again = false)
    {
        Think(again);
        await AwaitAsync(target);
        if (await TabAsync(target))
        {
            Keys++;
            var isBox = await target.EvaluateAsync<bool>("element => element.matches('input[type=checkbox], input[type=radio], [role=switch]')");
            await page.Keyboard.PressAsync(isBox ? "Space" : "Enter");
        }
        else
        {
            await ScrollAsync(target);
            Clicks++;
            await target.ClickAsync();
        }
    }

    /// <summary>Types a text into a field, in place of what is in it.</summary>
    public async Task TypeAsync(ILocator field, string text)
    {
        Think(false);
        await AwaitAsync(field);
        await ReachAsync(field);
        // Select all of it first.
        if (await field.InputValueAsync() != "")
            Keys += 2;
        Characters += text.Length;
        await field.FillAsync(text);
    }

    /// <summary>Chooses in a native list, by the first letters of the option.</summary>
    public async Task ChooseAsync(ILocator list, string option)
    {
        Think(false);
        await AwaitAsync(list);
        // Enter closes what the pointer has opened.
        if (await ReachAsync(list))
            Keys++;
        Keys += await list.EvaluateAsync<int>("""
            (list, text) => {
                const options = [...list.options].map(option => option.label.trim().toLowerCase());
                const wanted = text.toLowerCase();
                for (let length = 1; length <= wanted.length; length++)
                    if (options.find(label => label.startsWith(wanted.slice(0, length))) === wanted) return length;
                return wanted.length;
            }
            """, option);
        await list.SelectOptionAsync(new SelectOptionValue { Label = option });
    }

    /// <summary>Types a date and a time, part by part: eight digits, a step to the hours, four digits.</summary>
    public async Task EnterTimeAsync(ILocator field, DateTime time)
    {
        Think(false);
        await AwaitAsync(field);
        await ReachAsync(field);
        Keys += 13;
        await FillTimeAsync(field, time);
    }

    /// <summary>Clicks on the hours of a time that is there, and types two digits.</summary>
    public async Task EnterHourAsync(ILocator field, DateTime time)
    {
        Think(false);
        await AwaitAsync(field);
        await ScrollAsync(field);
        Clicks++;
        Keys += 2;
        await field.ClickAsync();
        await FillTimeAsync(field, time);
    }

    /// <summary>Saves the form that the focus is in.</summary>
    public async Task SaveAsync(ILocator button)
    {
        if (!hasShortcuts)
        {
            await PressAsync(button);
            return;
        }
        Think(false);
        Keys += 2;
        await page.Keyboard.PressAsync("Control+Enter");
    }

    /// <summary>Finds something by its text: with the page's search field where there is one, or else with the browser's.</summary>
    public async Task FindAsync(string text, ILocator target)
    {
        Think(false);
        Characters += text.Length;
        var search = page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Searchbox);
        if (await search.CountAsync() == 0)
        {
            // Ctrl+F, and Escape to give the page the focus back.
            Keys += 3;
            await target.ScrollIntoViewIfNeededAsync();
            return;
        }
        if (hasShortcuts)
        {
            Keys++;
            await page.Keyboard.PressAsync("/");
        }
        else
        {
            await ReachAsync(search.First);
        }
        await search.First.FillAsync(text);
    }

    /// <summary>Waits, and that counts.</summary>
    public async Task WaitAsync(Task until)
    {
        _waiting.Start();
        await until;
        _waiting.Stop();
    }

    public Task WaitAsync(ILocator until) => WaitAsync(until.First.WaitForAsync());

    /// <summary>Reads what is there, and decides.</summary>
    public void Read() => Think(false);

    private void Think(bool again) => _thoughts += again ? 0 : 1;

    private static Task FillTimeAsync(ILocator field, DateTime time) =>
        field.FillAsync(time.ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture));

    // What only comes with the page's answer is waited for. What else the page still does, it does while the operator thinks.
    private async Task AwaitAsync(ILocator target)
    {
        if (await target.CountAsync() == 0 || !await target.IsVisibleAsync())
            await WaitAsync(target);
        await PageContent.QuietAsync(page);
    }

    /// <returns>Whether the pointer was needed.</returns>
    private async Task<bool> ReachAsync(ILocator target)
    {
        if (await TabAsync(target))
            return false;
        await ScrollAsync(target);
        Clicks++;
        await target.FocusAsync();
        return true;
    }

    private async Task<bool> TabAsync(ILocator target)
    {
        var away = await target.EvaluateAsync<int>("""
            target => {
                const from = document.activeElement;
                if (from === target) return 0;
                if (!from || from === document.body) return -1;
                const root = target.closest('dialog, [role=dialog]') ?? document;
                const isStop = element => element.tabIndex >= 0 && !element.disabled && element.checkVisibility()
                    && (element.type !== 'radio' || element.checked || element === target);
                const stops = [...root.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(isStop);
                const start = stops.indexOf(from);
                return start < 0 ? -1 : stops.indexOf(target) - start;
            }
            """);
        if (away is < 0 or > MostTabs)
            return false;
        for (var i = 0; i < away; i++)
            await page.Keyboard.PressAsync("Tab");
        if (!await target.EvaluateAsync<bool>("target => document.activeElement === target"))
            return false;
        Keys += away;
        return true;
    }

    /// <summary>A key press for each screenful that has to be turned, in the page and in what scrolls within it.</summary>
    private async Task ScrollAsync(ILocator target)
    {
        Keys += await target.EvaluateAsync<int>("""
            target => {
                const turns = (part, top, bottom) => {
                    const box = part.getBoundingClientRect();
                    const over = box.bottom > bottom ? box.bottom - bottom : box.top < top ? top - box.top : 0;
                    return Math.ceil(over / (bottom - top));
                };
                let count = 0, part = target;
                for (let around = target.parentElement; around && around !== document.body; around = around.parentElement)
                    if (/auto|scroll/.test(getComputedStyle(around).overflowY) && around.scrollHeight > around.clientHeight) {
                        const box = around.getBoundingClientRect();
                        count += turns(part, box.top, box.bottom);
                        part = around;
                    }
                return count + turns(part, 0, innerHeight);
            }
            """);
        await target.ScrollIntoViewIfNeededAsync();
    }
}
