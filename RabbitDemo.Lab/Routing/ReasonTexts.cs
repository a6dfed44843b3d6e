using System.Text.RegularExpressions;

namespace RabbitDemo.Lab.Routing;

/// <summary>The router's reasons, which it gives in English, in the page's language. What keys and headers hold stays as it is.</summary>
internal static class ReasonTexts
{
    private const string Name = "(?:(?! is ).)+";
    private const string Value = """(?:".*?"|true|false|-?[\d.E+-]+|without a value|a \S+)""";

    /// <summary>What became of a match, behind its reason.</summary>
    private static readonly (string English, string Spanish)[] Endings =
    [
        (" The queue has its copy already: it gets one.", " La cola ya tiene su copia: recibe una."),
        (" The message has passed that exchange already.", " El mensaje ya pasó por ese exchange."),
        (" But there is no such exchange.", " Pero no existe ese exchange.")
    ];

    private static readonly Regex NoWord = new("""(?<=^|, )([*#]) = no word(?=, |$)""");

    private static readonly Regex Condition = new(
        $"""\G(?<before>, |^)(?:there is no header (?<missing>.+?)|(?<there>{Name}) is there|(?<name>{Name}) is (?<value>{Value})(?:, not (?<wanted>{Value}))?)(?=, |$)""",
        RegexOptions.Singleline);

    /// <summary>Whole sentences: the first that fits.</summary>
    private static readonly (Regex English, Func<Match, string> Spanish)[] Sentences =
    [
        (Whole("""The keys are equal\."""), _ => "Las claves son iguales."),
        (Whole("""The key is "(.*)", not "(.*)"\."""), m => $"La clave es «{m.Groups[1]}», no «{m.Groups[2]}»."),
        (Whole("""A fanout exchange copies every message to all that is bound; keys are ignored\."""), _ => "Un exchange fanout copia cada mensaje a todo lo enlazado; las claves no cuentan."),
        (Whole("""The pattern fits: (.*)\."""), m => $"El patrón encaja: {NoWord.Replace(m.Groups[1].Value, "$1 = ninguna palabra")}."),
        (Whole("""Word (\d+) of the key is "(.*)", not "(.*)"\."""), m => $"La palabra {m.Groups[1]} de la clave es «{m.Groups[2]}», no «{m.Groups[3]}»."),
        (Whole("""The pattern takes exactly (\d+) words?; the key has (\d+)\."""), m => $"El patrón pide exactamente {Words(m)}; la clave tiene {m.Groups[2]}."),
        (Whole("""The pattern takes at least (\d+) words?; the key has (\d+)\."""), m => $"El patrón pide al menos {Words(m)}; la clave tiene {m.Groups[2]}."),
        (Whole("""However many words # stands for, the words around it do not fit the key\."""), _ => "Sean cuantas sean las palabras de #, las que lo rodean no encajan con la clave."),
        (Whole("""x-match (\S+) without a condition takes every message\."""), m => $"x-match {m.Groups[1]} sin condiciones acepta todos los mensajes."),
        (Whole("""x-match (\S+) without a condition takes no message\."""), m => $"x-match {m.Groups[1]} sin condiciones no acepta ningún mensaje."),
        (Whole("""x-match (\S+): (.*)\."""), m => $"x-match {m.Groups[1]}: {Condition.Replace(m.Groups[2].Value, InSpanish)}."),
        (Whole("""The alternate exchange is for messages that no binding of this exchange takes\."""), _ => "El exchange alternativo es para los mensajes que ningún enlace de este acepta."),
        (Whole("""No binding of this exchange took the message\."""), _ => "Ningún enlace de este exchange aceptó el mensaje."),
        (Whole("""The default exchange takes the key for a queue's name\."""), _ => "El exchange por defecto toma la clave por el nombre de una cola."),
        (Whole("""No work queue has this name\."""), _ => "Ninguna cola se llama así.")
    ];

    public static string In(string language, string reason)
    {
        if (language != "es")
            return reason;

        var ending = Array.Find(Endings, e => reason.EndsWith(e.English, StringComparison.Ordinal));
        var sentence = reason[..^(ending.English?.Length ?? 0)];
        foreach (var (english, spanish) in Sentences)
        {
            if (english.Match(sentence) is { Success: true } match)
                return spanish(match) + ending.Spanish;
        }

        return reason;
    }

    private static Regex Whole(string sentence) => new($"^{sentence}$", RegexOptions.Singleline);

    private static string Words(Match match) => match.Groups[1].Value == "1" ? "1 palabra" : $"{match.Groups[1]} palabras";

    private static string InSpanish(Match condition)
    {
        var groups = condition.Groups;
        if (groups["missing"].Success)
            return $"{groups["before"]}no está la cabecera {groups["missing"]}";

        if (groups["there"].Success)
            return $"{groups["before"]}{groups["there"]} está";

        var wanted = groups["wanted"].Success ? $", no {InSpanish(groups["wanted"].Value)}" : "";
        return $"{groups["before"]}{groups["name"]} es {InSpanish(groups["value"].Value)}{wanted}";
    }

    private static string InSpanish(string value) => value switch
    {
        "without a value" => "una cabecera sin valor",
        ['a', ' ', .. var type] => $"de tipo {type}",
        _ => value
    };
}
