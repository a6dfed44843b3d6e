namespace RabbitDemo.Lab.Journeys;

/// <summary>A message's place, as its colour.</summary>
internal static class States
{
    public static string Class(string state) => state switch
    {
        "stored" => "good",
        "dead" => "bad",
        "waiting" => "warn",
        _ => "quiet"
    };
}
