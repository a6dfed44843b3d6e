using System.Diagnostics;

namespace RabbitDemo.Tests;

/// <summary>Waits for an outcome by asking for it again and again; never by sleeping and hoping.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns the first value that fits. A probe that throws has not answered yet.</summary>
    /// <exception cref="TimeoutException">Nothing fitted in time: names the condition and the last value or failure.</exception>
    public static async Task<T> GetAsync<T>(string condition, TimeSpan within, Func<Task<T>> probe, Func<T, bool> fits)
    {
        var clock = Stopwatch.StartNew();
        object? last;
        do
        {
            try
            {
                var value = await probe();
                if (fits(value))
                    return value;

                last = value;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                last = $"{e.GetType().Name}: {e.Message}";
            }

            await Task.Delay(Interval);
        }
        while (clock.Elapsed < within);

        throw new TimeoutException($"Not within {within.TotalSeconds:0.#} s: {condition}. Last seen: {Shorten(Shown(last))}");
    }

    public static async Task TrueAsync(string condition, TimeSpan within, Func<Task<bool>> probe) =>
        await GetAsync(condition, within, probe, seen => seen);

    private static string Shorten(string text) => text.Length > 2_000 ? $"{text[..2_000]}…" : text;

    private static string Shown(object? value) => value switch
    {
        null => "null",
        string text => text,
        System.Collections.IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Shown))}]",
        _ => value.ToString() ?? ""
    };
}
