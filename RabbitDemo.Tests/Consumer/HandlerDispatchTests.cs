using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RabbitDemo.Consumer;
using RabbitDemo.Consumer.Handling;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Store;

namespace RabbitDemo.Tests.Consumer;

/// <summary>A handler that takes what a scope owns, in the service as it runs outside development.</summary>
public sealed class HandlerDispatchTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private string[] Settings =>
        ["--environment=Production", "--ConnectionStrings:rabbitmq=amqp://guest:never-shown@127.0.0.1:1", $"--RabbitDemo:Store:Path={Path.Combine(folder.Path, "store.db")}"];

    [Fact]
    public async Task GivesEachDeliveryAScopeThatEndsWithItsHandler()
    {
        var handled = new Handled();
        await using var app = Build(services => services.AddSingleton(handled).AddScoped<Unit>());
        var dispatch = app.Services.GetRequiredService<IEventHandler>();

        Task[] running = [dispatch.HandleAsync(Deliveries.Of("a"), CancellationToken.None), dispatch.HandleAsync(Deliveries.Of("b"), CancellationToken.None)];
        bool[] early = [.. handled.Units.Select(u => u.IsDisposed)];
        handled.End.SetResult();
        await Task.WhenAll(running);

        Assert.Equal([false, false], early);
        Assert.NotSame(handled.Units[0], handled.Units[1]);
        Assert.All(handled.Units, u => Assert.True(u.IsDisposed));
    }

    [Fact]
    public async Task EndsTheScopeOfAHandlerThatThrows()
    {
        var handled = new Handled();
        await using var app = Build(services => services.AddSingleton(handled).AddScoped<Unit>());
        handled.End.SetException(new InvalidOperationException("boom"));

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => app.Services.GetRequiredService<IEventHandler>().HandleAsync(Deliveries.Of("a"), CancellationToken.None));

        Assert.Equal(("boom", true), (thrown.Message, handled.Units.Single().IsDisposed));
    }

    [Theory]
    [InlineData("consumer", typeof(MensajesHandler))]
    [InlineData("usuarios", typeof(UsuariosHandler))]
    [InlineData("pedidos", typeof(PedidosHandler))]
    [InlineData("auditoria", typeof(AuditoriaHandler))]
    public async Task FindsTheHandlerOfItsServiceAnewInEachScope(string service, Type expected)
    {
        await using var app = ConsumerApp.Build([.. Settings, $"--RabbitDemo:Service={service}"]);
        await using var first = app.Services.CreateAsyncScope();
        await using var second = app.Services.CreateAsyncScope();

        object[] handlers = [.. new[] { first, second }.Select(s => s.ServiceProvider.GetRequiredKeyedService<IEventHandler>(HandlerDispatch.OfService))];

        Assert.All(handlers, h => Assert.IsType(expected, h));
        Assert.NotSame(handlers[0], handlers[1]);
    }

    /// <summary>Else it would be each event's failure, and all of them dead letters.</summary>
    [Fact]
    public void DoesNotStartAServiceWhoseHandlerCannotBeMade()
    {
        var refused = Assert.Throws<AggregateException>(() => Build(services => services.AddSingleton(new Handled())));

        Assert.Contains(nameof(Unit), refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private WebApplication Build(Action<IServiceCollection> add) =>
        ConsumerApp.Build(Settings, services => add(services.AddKeyedScoped<IEventHandler, ScopedHandler>(HandlerDispatch.OfService)));

    private sealed class Handled
    {
        public List<Unit> Units { get; } = [];

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What a <c>DbContext</c> is to a handler.</summary>
    private sealed class Unit : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ScopedHandler(Unit unit, Handled handled) : IEventHandler
    {
        public Task HandleAsync(Delivery delivery, CancellationToken cancellationToken)
        {
            handled.Units.Add(unit);
            return handled.End.Task;
        }
    }
}
