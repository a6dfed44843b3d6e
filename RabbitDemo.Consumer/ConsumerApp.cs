using RabbitDemo.Consumer.DeadLetters;
using RabbitDemo.Consumer.Faults;
using RabbitDemo.Consumer.Handling;
using RabbitDemo.Consumer.Ledger;
using RabbitDemo.Consumer.Messages;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer;

/// <summary>A consumer service, built apart from <c>Program.cs</c> so that tests run the same one.</summary>
internal static class ConsumerApp
{
    public static WebApplication Build(string[] args) => Build(args, _ => { });

    /// <param name="args">The settings.</param>
    /// <param name="replace">Registers what a test has in place of the service's own.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection> replace)
    {
        var builder = WebApplication.CreateBuilder(args);

        // A handler that cannot be made keeps the service from starting: its events would all end as dead letters.
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateScopes, provider.ValidateOnBuild) = (true, true));
        var service = builder.Configuration["RabbitDemo:Service"] is { Length: > 0 } name ? name : "consumer";
        builder.AddServiceDefaults();
        builder.ListenByDefaultOn(DefaultPort(service));
        builder.AddBrokerConnection("rabbitmq");
        builder.AddMovements(service);
        builder.AddMessageStore();
        builder.AddReceiver(service);
        builder.Services.AddHandler(service);
        builder.AddFaults();
        builder.Services.AddValidation();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ConsumerJson.Default));
        builder.Services.AddSingleton<MessageQueries>();
        builder.Services.AddSingleton<MessageHistories>();
        builder.Services.AddSingleton<MessageSearch>();
        builder.Services.AddSingleton<DeadLetterBox>();
        builder.Services.AddSingleton<Redrives>();
        builder.Services.AddSingleton<BooksQueries>();
        builder.Services.AddHostedService<BooksGauge>();
        builder.Services.AddSingleton<BrokerDepths>();
        builder.Services.AddSingleton<Audit>();
        replace(builder.Services);

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapMessages();
        app.MapMessageSearch();
        app.MapMessage();
        app.MapMessageState();
        app.MapMessageStream();
        app.MapDeadLetters();
        app.MapRedrive();
        app.MapDiscard();
        app.MapLedger();
        app.MapAudit();
        app.MapFaults();
        return app;
    }

    private static int DefaultPort(string service) => service switch
    {
        "usuarios" => 8002,
        "pedidos" => 8003,
        "auditoria" => 8004,
        _ => 8001
    };
}
