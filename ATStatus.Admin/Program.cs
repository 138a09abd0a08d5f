var app = WebApplication.CreateBuilder(args).Build();
app.MapStaticAssets();
app.MapGet("/", (IWebHostEnvironment e) => e.ContentRootPath + " " + e.WebRootPath);
app.Run();
