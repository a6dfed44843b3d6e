using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Batch;
using RabbitDemo.Producer.Outbox;
using RabbitDemo.Producer.Routing;
using RabbitDemo.Producer.Sending;
using RabbitDemo.Producer.Status;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Producer;

/// <summary>The producer, built apart from <c>Program.cs</c> so that tests run the same service.</summary>
internal static class ProducerApp
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.ListenByDefaultOn(8000);
        builder.AddBrokerConnection("rabbitmq");
        builder.AddMovements("producer");
        builder.AddEventPublisher();
        builder.AddIntake();
        builder.Services.AddOptions<ProducerOptions>().BindConfiguration(ProducerOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ProducerOptions>, ProducerOptionsValidator>();
        builder.Services.AddSingleton<ConsumerStates>();
        builder.Services.AddValidation();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ProducerJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, RoutingJson.Default);
        });

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapSend();
        app.MapSendBatch();
        app.MapSendStatus();
        app.MapParked();
        app.MapTopology();
        app.MapRoute();
        return app;
    }
}
