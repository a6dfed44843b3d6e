namespace RabbitDemo.Lab;

/// <summary>Names the resources of texts: in English the text is its own key, in Spanish <c>Texts.es.resx</c> has it.</summary>
internal sealed class Texts;
