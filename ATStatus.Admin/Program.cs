using ATStatus.Admin.Hosting;

return await AdminHost.RunAsync(args);
