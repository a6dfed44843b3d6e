using RabbitDemo.Consumer;
using RabbitDemo.ServiceDefaults;

return await Service.RunAsync(args, ConsumerApp.Build);
