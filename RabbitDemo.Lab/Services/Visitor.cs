using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Lab.Services;

/// <summary>Who looks at this page, and with which key: the lab has no rights of its own towards the services.</summary>
internal sealed class Visitor(AdminAccess access)
{
    /// <summary>As the visitor typed it; kept for as long as the page is open, and nowhere else.</summary>
    public string? Key { get; private set; }

    /// <summary>Where <c>RabbitDemo:SendKey</c> is set, the producer asks for it; kept as the other.</summary>
    public string SendKey { get; set; } = "";

    public bool IsAllowed => access.Allows(Key);

    /// <summary>The services themselves would refuse everybody.</summary>
    public bool NobodyIsAllowed => access.IsClosed;

    public bool TryEnter(string key)
    {
        Key = key;
        return IsAllowed;
    }
}
