using System.Globalization;

namespace RabbitDemo.Consumer.Store;

/// <summary>The conditions of a query that has some of them, with their values as parameters.</summary>
internal sealed class Where
{
    private readonly List<string> conditions = [];
    private readonly List<object?> values = [];

    public object?[] Values => [.. values];

    /// <summary>Adds <paramref name="condition"/>, which ends where its value belongs; null leaves it out.</summary>
    public void Add(string condition, object? value)
    {
        if (value is not null)
        {
            conditions.Add(condition + Value(value));
        }
    }

    /// <summary>A value elsewhere in the query. Text that the database could not hold is compared as it would be kept.</summary>
    /// <returns>The name of its parameter.</returns>
    public string Value(object value)
    {
        values.Add(value is string text ? StoredText.Clean(text) : value);
        return string.Create(CultureInfo.InvariantCulture, $"${values.Count}");
    }

    public override string ToString() => conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
}
