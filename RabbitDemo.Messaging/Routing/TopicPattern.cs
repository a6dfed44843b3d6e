namespace RabbitDemo.Messaging;

/// <summary>
/// The matching of topic exchanges: words between dots (which may be empty), <c>*</c> for exactly one word,
/// <c>#</c> for zero or more. The empty key has no words at all.
/// </summary>
internal static class TopicPattern
{
    public const string OneWord = "*";
    public const string AnyWords = "#";

    public static BindingMatch Match(string pattern, string routingKey)
    {
        var wanted = Words(pattern);
        var words = Words(routingKey);
        var took = new int[wanted.Length]; // how many words each pattern word stands for
        if (Fits(wanted, words, took))
            return BindingMatch.Yes(ExplainMatch(wanted, words, took));

        return BindingMatch.No(ExplainMiss(wanted, words));
    }

    public static string[] Words(string key) => key.Length == 0 ? [] : key.Split('.');

    /// <summary>Goes forward, and on a dead end lets the last <c>#</c> take one word more: at most words × pattern words steps.</summary>
    private static bool Fits(string[] wanted, string[] words, int[] took)
    {
        var (p, w) = (0, 0);
        var (lastAny, wordsBeforeAny) = (-1, 0);
        while (w < words.Length || p < wanted.Length)
        {
            if (p < wanted.Length && wanted[p] == AnyWords)
            {
                (lastAny, wordsBeforeAny) = (p, w);
                took[p++] = 0;
            }
            else if (p < wanted.Length && w < words.Length && (wanted[p] == OneWord || wanted[p] == words[w]))
            {
                took[p++] = 1;
                w++;
            }
            else if (lastAny >= 0 && wordsBeforeAny + took[lastAny] < words.Length)
            {
                took[lastAny]++;
                (p, w) = (lastAny + 1, wordsBeforeAny + took[lastAny]);
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static string ExplainMatch(string[] wanted, string[] words, int[] took)
    {
        var explained = new List<string>();
        var w = 0;
        for (var p = 0; p < wanted.Length; w += took[p++])
        {
            if (wanted[p] is OneWord or AnyWords)
                explained.Add($"{wanted[p]} = {(took[p] == 0 ? "no word" : $"\"{string.Join('.', words[w..(w + took[p])])}\"")}");
        }

        return explained.Count == 0 ? "The keys are equal." : $"The pattern fits: {string.Join(", ", explained)}.";
    }

    private static string ExplainMiss(string[] wanted, string[] words)
    {
        for (var i = 0; i < wanted.Length && wanted[i] != AnyWords; i++)
        {
            if (i >= words.Length)
                break;

            if (wanted[i] != OneWord && wanted[i] != words[i])
                return $"Word {i + 1} of the key is \"{words[i]}\", not \"{wanted[i]}\".";
        }

        var fixedWords = wanted.Count(p => p != AnyWords);
        if (fixedWords == wanted.Length)
            return $"The pattern takes exactly {Count(fixedWords)}; the key has {words.Length}.";

        return words.Length < fixedWords
            ? $"The pattern takes at least {Count(fixedWords)}; the key has {words.Length}."
            : "However many words # stands for, the words around it do not fit the key.";
    }

    private static string Count(int words) => words == 1 ? "1 word" : $"{words} words";
}
