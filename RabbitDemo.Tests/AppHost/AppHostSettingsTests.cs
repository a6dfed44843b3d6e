using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using RabbitDemo.AppHost;

namespace RabbitDemo.Tests.AppHost;

/// <summary>Nothing is started here: the model is looked at, or never comes to be.</summary>
public sealed class AppHostSettingsTests
{
    private const string SomeBroker = "--ConnectionStrings:rabbitmq=amqp://guest:guest@localhost:5672";

    [Theory]
    [InlineData("Broker", "--Broker=bucket")]
    [InlineData("ConnectionStrings:rabbitmq", "--Broker=external")]
    [InlineData("ConnectionStrings:rabbitmq", "--ConnectionStrings:rabbitmq=http://user:geheim@host")]
    [InlineData("RabbitDemo:Store:Path", SomeBroker, "--RabbitDemo:Store:Path=/somewhere/store.db")]
    [InlineData("ConnectionStrings:store", SomeBroker, "--ConnectionStrings:store=Host=h;Password=geheim")]
    [InlineData("Ports:producer", SomeBroker, "--Ports:producer=abc")]
    [InlineData("Ports:auditoria", SomeBroker, "--Ports:auditoria=70000")]
    [InlineData("Replicas:consumer is x: it must be a number of processes from 1 to 100.", SomeBroker, "--Replicas:consumer=x")]
    [InlineData("Replicas:consumer is 0: ", SomeBroker, "--Replicas:consumer=0")]
    [InlineData("Replicas:pedidos is -1: ", SomeBroker, "--Replicas:pedidos=-1")]
    [InlineData("Replicas:producer is 100000: ", SomeBroker, "--Replicas:producer=100000")]
    [InlineData("Replicas:cosumer: there is no such name here, only producer, consumer, usuarios, pedidos, auditoria.", SomeBroker, "--Replicas:cosumer=2")]
    [InlineData("Services:pedido: there is no such name here, only ", SomeBroker, "--Services:pedido:RabbitDemo:Receiver:Prefetch=2")]
    [InlineData("Ports:http: there is no such name here, only ", SomeBroker, "--Ports:http=80")]
    [InlineData("Lab is maybe: it must be true or false.", SomeBroker, "--Lab=maybe")]
    public async Task NamesTheKeyOfAWrongSettingAndNoPassword(string key, params string[] settings)
    {
        var refused = (await Record.ExceptionAsync(() => CreateAsync(settings)))?.GetBaseException();

        Assert.IsType<SettingException>(refused);
        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task NamesThePortThatIsTakenAndItsKey()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port;

        var refused = (await Record.ExceptionAsync(() => CreateAsync(SomeBroker, $"--Ports:pedidos={taken}")))?.GetBaseException();

        Assert.IsType<SettingException>(refused);
        Assert.Contains($"{taken}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Ports:pedidos", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TakesAnEmptySettingForOneThatIsNotSet()
    {
        await using var builder = await CreateAsync(SomeBroker, "--Replicas:consumer=", "--Lab=");

        Assert.Contains(builder.Resources, resource => resource.Name == "lab");
    }

    [Fact]
    public async Task HandsSettingsToEveryServiceAndLetsItsOwnWin()
    {
        await using var builder = await CreateAsync(SomeBroker, "--RabbitDemo:Some:Delay=1", "--RabbitDemo:Some:Other=2", "--AllowedHosts=events.example", "--Services:pedidos:RabbitDemo:Some:Delay=3");

        var producer = await EnvironmentAsync(builder, "producer");
        var pedidos = await EnvironmentAsync(builder, "pedidos");

        Assert.Equal(("1", "2"), (producer["RabbitDemo__Some__Delay"], producer["RabbitDemo__Some__Other"]));
        Assert.Equal(("3", "2"), (pedidos["RabbitDemo__Some__Delay"], pedidos["RabbitDemo__Some__Other"]));
        Assert.Equal(("events.example", "events.example"), (producer["AllowedHosts"], pedidos["AllowedHosts"]));
        Assert.Equal("pedidos", pedidos["RabbitDemo__Service"]);
        Assert.Equal(builder.Environment.EnvironmentName, pedidos["ASPNETCORE_ENVIRONMENT"]);
    }

    [Fact]
    public async Task KeepsEachConsumersStoreApartInOneDirectory()
    {
        await using var builder = await CreateAsync(SomeBroker, "--DataDirectory=/somewhere/else");

        var consumer = await EnvironmentAsync(builder, "consumer");
        var auditoria = await EnvironmentAsync(builder, "auditoria");

        Assert.Equal("/somewhere/else/consumer.db", consumer["RabbitDemo__Store__Path"]);
        Assert.Equal("/somewhere/else/auditoria.db", auditoria["RabbitDemo__Store__Path"]);
    }

    [Fact]
    public async Task LetsAGivenFileWinOverTheDefault()
    {
        await using var builder = await CreateAsync(SomeBroker, "--RabbitDemo:Outbox:Path=/safe/outbox.db", "--Services:pedidos:RabbitDemo:Store:Path=/safe/pedidos.db");

        Assert.Equal("/safe/outbox.db", (await EnvironmentAsync(builder, "producer"))["RabbitDemo__Outbox__Path"]);
        Assert.Equal("/safe/pedidos.db", (await EnvironmentAsync(builder, "pedidos"))["RabbitDemo__Store__Path"]);
    }

    [InstalledServerFact]
    public async Task NeedsBothCredentialsOutsideDevelopment()
    {
        await NamesTheKeyOfAWrongSettingAndNoPassword("Parameters:broker-user", "--Broker=process", "--environment=Production", "--Parameters:broker-password=geheim");
        await NamesTheKeyOfAWrongSettingAndNoPassword("Parameters:broker-password", "--Broker=process", "--environment=Production", "--Parameters:broker-user=app");
    }

    [InstalledServerFact]
    public async Task TakesTheCredentialsInTheFormOfEnvironmentVariables()
    {
        await using var builder = await CreateAsync("--Broker=process", "--environment=Production", "--Parameters:broker_user=app", "--Parameters:broker_password=secret");

        var values = builder.Resources.OfType<ParameterResource>().ToDictionary(p => p.Name);
        Assert.Equal("app", await values["broker-user"].GetValueAsync(CancellationToken.None));
        Assert.Equal("secret", await values["broker-password"].GetValueAsync(CancellationToken.None));
    }

    [Fact]
    public async Task PublishesNoPathOfThisMachine()
    {
        await using var builder = await CreateAsync("--AppHost:Operation=publish");

        Assert.True(builder.ExecutionContext.IsPublishMode);
        Assert.DoesNotContain("RabbitDemo__Outbox__Path", (await EnvironmentAsync(builder, "producer")).Keys);
        Assert.DoesNotContain("RabbitDemo__Store__Path", (await EnvironmentAsync(builder, "consumer")).Keys);
    }

    [Fact]
    public async Task WaitsForNoBrokerThatIsSomebodyElses()
    {
        await using var builder = await CreateAsync(SomeBroker);

        Assert.DoesNotContain(builder.Resources.SelectMany(r => r.Annotations), a => a is WaitAnnotation { Resource.Name: "rabbitmq" });
    }

    private static Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] settings) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.RabbitDemo_AppHost>(settings);

    private static async Task<IReadOnlyDictionary<string, object>> EnvironmentAsync(IDistributedApplicationTestingBuilder builder, string service)
    {
        var resource = builder.Resources.Single(r => r.Name == service);
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, resource);
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            try
            {
                await callback.Callback(context);
            }
            catch (InvalidOperationException)
            {
                // Addresses are known only once the system runs.
            }
        }

        return context.EnvironmentVariables;
    }
}
