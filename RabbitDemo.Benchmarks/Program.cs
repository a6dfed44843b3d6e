using System.Globalization;
using RabbitDemo.Benchmarks;
using RabbitDemo.Benchmarks.Jobs;
using RabbitDemo.Benchmarks.Measuring;

if (args is ["run-job", var jobName, var candidateName, var address, var count, var warmUp])
{
    var job = Job.All.Single(j => j.Name == jobName);
    await using var candidate = Job.Candidate(candidateName, new Uri(address));
    ChildProcess.Report(await job.RunAsync(candidate, new Uri(address), new(long.Parse(count, CultureInfo.InvariantCulture), long.Parse(warmUp, CultureInfo.InvariantCulture))));
    return 0;
}

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine($"""
        dotnet run -c Release --project RabbitDemo.Benchmarks -- [options] [job ...]

        Measures ours, the raw client, MassTransit and WolverineFx on a private broker, and prints a table. Leave the machine alone meanwhile.
          --repetitions=N   each candidate's runs, interleaved with the others' (5)
          --scale=X         X times the messages (1)
          --warm-up=N       so many before those that are measured ({Load.Compiled}; with a store {Load.CompiledWithStore}; a front's until the runtime compiles no longer)
          --only=A,B        these candidates
          --broker=URI      this broker, with --management=URI, instead of a private one; it must have no queues in "/"
        Jobs: {string.Join(", ", Job.All.Select(j => j.Name))}.
        """);
    return 0;
}

try
{
    return await new Comparison(args).RunAsync();
}
catch (OptionException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
