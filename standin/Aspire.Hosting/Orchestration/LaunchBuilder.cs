using System.Globalization;
using System.Runtime.InteropServices;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Works out how a resource's processes are started: evaluated anew at each start.</summary>
internal sealed class LaunchBuilder(DistributedApplicationExecutionContext executionContext, ResourceLoggerService loggers, DistributedApplicationOptions options)
{
    /// <exception cref="DistributedApplicationException">A value is missing, or a project is not built.</exception>
    public async Task<Func<Instance, Launch>> BuildAsync(IResource resource, CancellationToken cancellationToken)
    {
        var arguments = await ArgumentsAsync(resource, cancellationToken).ConfigureAwait(false);
        var variables = await VariablesAsync(resource, cancellationToken).ConfigureAwait(false);
        var (command, prefix, directory) = resource switch
        {
            ProjectResource project => Project(project.GetProjectMetadata().ProjectPath),
            ExecutableResource executable => (executable.Command, [], executable.WorkingDirectory),
            _ => throw new InvalidOperationException($"'{resource.Name}' is not a process."),
        };
        return instance => new(
            command,
            [.. prefix, .. arguments.Select(text => InstanceText.For(instance, text))],
            directory,
            variables.ToDictionary(variable => variable.Key, variable => InstanceText.For(instance, variable.Value)));
    }

    private async Task<IReadOnlyList<string>> ArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = executionContext, Logger = loggers.GetLogger(resource) };
        foreach (var callback in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await callback.Callback(context).ConfigureAwait(false);

        List<string> arguments = [];
        foreach (var value in context.Args)
        {
            if (await TextAsync(resource, value, cancellationToken).ConfigureAwait(false) is { } text)
                arguments.Add(text);
        }

        return arguments;
    }

    private async Task<IReadOnlyDictionary<string, string>> VariablesAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken) { Logger = loggers.GetLogger(resource) };
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await callback.Callback(context).ConfigureAwait(false);

        Dictionary<string, string> variables = [];
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            if (await TextAsync(resource, value, cancellationToken).ConfigureAwait(false) is { } text)
                variables[name] = text;
        }

        return variables;
    }

    private ValueTask<string?> TextAsync(IResource resource, object? value, CancellationToken cancellationToken) => value switch
    {
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => ProvidedAsync(provider, resource, cancellationToken),
        IValueProvider provider => ProvidedAsync(provider, resource, cancellationToken),
        IFormattable formattable => new(formattable.ToString(null, CultureInfo.InvariantCulture)),
        _ => new(value?.ToString()),
    };

    private ValueTask<string?> ProvidedAsync(IValueProvider provider, IResource caller, CancellationToken cancellationToken) =>
        provider.GetValueAsync(new() { ExecutionContext = executionContext, Caller = caller }, cancellationToken);

    /// <summary>The built output itself: <c>dotnet run</c> would first look whether it has to build.</summary>
    private (string Command, string[] Prefix, string Directory) Project(string projectPath)
    {
        var directory = Path.GetDirectoryName(projectPath) ?? "";
        var output = options.Metadata($"output:{projectPath}") ?? Newest(projectPath, directory);
        if (output is null || !File.Exists(output))
            throw new DistributedApplicationException($"the project '{projectPath}' is not built");

        return (Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet")), [output], directory);
    }

    private static string? Newest(string projectPath, string directory)
    {
        var bin = new DirectoryInfo(Path.Combine(directory, "bin"));
        return bin.Exists
            ? bin.EnumerateFiles($"{Path.GetFileNameWithoutExtension(projectPath)}.runtimeconfig.json", SearchOption.AllDirectories)
                .OrderByDescending(file => file.LastWriteTimeUtc)
                .Select(file => file.FullName.Replace(".runtimeconfig.json", ".dll", StringComparison.Ordinal))
                .FirstOrDefault()
            : null;
    }
}
