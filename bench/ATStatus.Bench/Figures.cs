using System.Globalization;

namespace ATStatus.Bench;

/// <summary>What the verbs share: order statistics, and lines that a script can read.</summary>
internal static class Figures
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The value that this share of the values does not exceed.</summary>
    public static double At(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Prints a result in the form of a verb's last lines: <c>NAME   N.NN</c>.</summary>
    public static void Line(string name, double value) => Print($"{name}   {value:F2}");
}
