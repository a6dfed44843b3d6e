using Microsoft.Extensions.Configuration;
using RabbitDemo.Messaging;
using RabbitDemo.Producer;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Tests.ServiceDefaults;

public sealed class ServiceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true, "--hostBuilder:reloadConfigOnChange=true")]
    public async Task WatchesNoFolderForNewSettingsUnlessTold(bool watches, params string[] settings)
    {
        FileConfigurationProvider[] files = [];

        await Service.RunAsync([.. settings, "--ConnectionStrings:rabbitmq=amqp://guest:guest@127.0.0.1:1"], args =>
        {
            var app = ProducerApp.Build(args);
            files = [.. ((IConfigurationRoot)app.Configuration).Providers.OfType<FileConfigurationProvider>()];
            throw new SettingException("What is looked at is there.");
        });

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(watches, file.Source.ReloadOnChange));
    }
}
