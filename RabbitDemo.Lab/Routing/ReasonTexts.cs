using System.Text.RegularExpressions;

namespace RabbitDemo.Lab.Routing;

/// <summary>The router's reasons, which it gives in English, in the page's language.</summary>
internal static class ReasonTexts
{
    private static readonly (Regex English, string Spanish)[] Spanish =
    [
        (new("""^The keys are equal\."""), "Las claves son iguales."),
        (new("""^The key is "(.*)", not "(.*)"\.""", RegexOptions.Singleline), "La clave es «$1», no «$2»."),
        (new("""^A fanout exchange copies every message to all that is bound; keys are ignored\."""), "Un exchange fanout copia cada mensaje a todo lo enlazado; las claves no cuentan."),
        (new("""^The pattern fits: """), "El patrón encaja: "),
        (new("""= no word"""), "= ninguna palabra"),
        (new("""^Word (\d+) of the key is "(.*)", not "(.*)"\.""", RegexOptions.Singleline), "La palabra $1 de la clave es «$2», no «$3»."),
        (new("""^The pattern takes exactly (\d+) words?; the key has (\d+)\."""), "El patrón pide exactamente $1 palabra(s); la clave tiene $2."),
        (new("""^The pattern takes at least (\d+) words?; the key has (\d+)\."""), "El patrón pide al menos $1 palabra(s); la clave tiene $2."),
        (new("""^However many words # stands for, the words around it do not fit the key\."""), "Sean cuantas sean las palabras de #, las que lo rodean no encajan con la clave."),
        (new("""(x-match \S+) without a condition takes every message\."""), "$1 sin condiciones acepta todos los mensajes."),
        (new("""(x-match \S+) without a condition takes no message\."""), "$1 sin condiciones no acepta ningún mensaje."),
        (new("""there is no header (\S+?)(?=[.,] ?|$)"""), "no está la cabecera $1"),
        (new("""(?<=: |, )(\S+) is there"""), "$1 está"),
        (new("""(?<=: |, )(\S+) is ("[^"]*"|\S+?), not ("[^"]*"|\S+?)(?=[.,])"""), "$1 es $2, no $3"),
        (new("""(?<=: |, )(\S+) is ("[^"]*"|\S+?)(?=[.,])"""), "$1 es $2"),
        (new("""The alternate exchange is for messages that no binding of this exchange takes\."""), "El exchange alternativo es para los mensajes que ningún enlace de este acepta."),
        (new("""No binding of this exchange took the message\."""), "Ningún enlace de este exchange aceptó el mensaje."),
        (new("""The default exchange takes the key for a queue's name\."""), "El exchange por defecto toma la clave por el nombre de una cola."),
        (new("""No work queue has this name\."""), "Ninguna cola se llama así."),
        (new(""" The queue has its copy already: it gets one\.$"""), " La cola ya tiene su copia: recibe una."),
        (new(""" The message has passed that exchange already\.$"""), " El mensaje ya pasó por ese exchange."),
        (new(""" But there is no such exchange\.$"""), " Pero no existe ese exchange.")
    ];

    public static string In(string language, string reason) =>
        language == "es" ? Spanish.Aggregate(reason, (text, rule) => rule.English.Replace(text, rule.Spanish)) : reason;
}
