using RabbitDemo.AppHost;

SettingException.EndTheProcessWithOneLine();
var builder = DistributedApplication.CreateBuilder(args);
builder.WaitForTheEndOfResources();
builder.RefuseSharedStore();
var ports = new Ports(builder);
var data = new DataDirectory(builder);

var broker = builder.AddBroker(ports, data);

var producer = Service<Projects.RabbitDemo_Producer>("producer", 8000, "RabbitDemo__Outbox__Path", data.File("producer-outbox.db"))
    .WithPages(("/scalar", "API"), ("/topology", "Topology"), ("/health", "Health"));

builder.AddLab(ports, broker,
[
    producer,
    Consumer("consumer", 8001),
    Consumer("usuarios", 8002),
    Consumer("pedidos", 8003),
    Consumer("auditoria", 8004)
]);

builder.RefuseUnknownNames();
await builder.Build().RunAsync();

// One program under several names: the name says which queues it reads, and each name has its own store. The producer asks
// them what became of an event.
IResourceBuilder<ProjectResource> Consumer(string name, int port)
{
    var consumer = Service<Projects.RabbitDemo_Consumer>(name, port, "RabbitDemo__Store__Path", data.File($"{name}.db"))
        .WithPages(("/scalar", "API"), ("/messages", "Messages"), ("/dead-letters", "Dead letters"), ("/ledger", "Books"), ("/health", "Health"))
        .WithConsumerCommands()
        .WithEnvironment("RabbitDemo__Service", name);
    producer.WithReference(consumer);
    return consumer;
}

IResourceBuilder<ProjectResource> Service<TProject>(string name, int port, string fileSetting, string file) where TProject : IProjectMetadata, new() =>
    builder.AddProject<TProject>(name)
        .WithHttpEndpoint(ports.Fixed(name, port))
        .WithHttpHealthCheck("/health")
        .WithReference(broker.ConnectionString)
        .WaitForBroker(broker)
        .WithReplicas(builder.ReplicasOf(name))
        .TellsLab()
        .KeepsItsDataIn(fileSetting, file)
        .WithSettings(name);
