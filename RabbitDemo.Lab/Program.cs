using RabbitDemo.Lab;
using RabbitDemo.ServiceDefaults;

return await Service.RunAsync(args, LabApp.Build);
