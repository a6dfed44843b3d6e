using Xunit.Abstractions;
using Xunit.Sdk;

namespace RabbitDemo.Tests.Chaos;

/// <summary>Rounds in the order of their numbers, so that a run that was stopped can go on from the last one reported.</summary>
public sealed class RoundOrderer : ITestCaseOrderer
{
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases) where TTestCase : ITestCase =>
        testCases.OrderBy(c => c.TestMethodArguments is [int round] ? round : 0);
}
