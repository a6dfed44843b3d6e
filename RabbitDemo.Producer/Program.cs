using RabbitDemo.Producer;
using RabbitDemo.ServiceDefaults;

return await Service.RunAsync(args, ProducerApp.Build);
