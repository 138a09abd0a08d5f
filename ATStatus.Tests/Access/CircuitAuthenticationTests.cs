using System.Security.Claims;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ATStatus.Tests.Access;

/// <summary>An open circuit ends when its user may not stay: it asks again and again, here every few milliseconds.</summary>
public sealed class CircuitAuthenticationTests(SharedConsole shared)
{
    [Fact]
    public async Task It_lasts_while_the_stamp_is_the_same_and_ends_when_it_was_changed()
    {
        await using var circuit = await OpenAsync("stamp@example.com");
        await circuit.IsAskedAsync();
        Assert.True(await circuit.IsSignedInAsync());

        await circuit.ChangeAsync((users, user) => users.UpdateSecurityStampAsync(user));

        await circuit.EndsAsync();
    }

    [Fact]
    public async Task It_ends_when_the_password_was_changed()
    {
        await using var circuit = await OpenAsync("password@example.com");
        await circuit.ChangeAsync(
            (users, user) => users.ChangePasswordAsync(user, ConsoleApp.AdminPassword, "another battery staple, horse"));
        await circuit.EndsAsync();
    }

    [Fact]
    public async Task It_ends_when_the_account_was_deleted()
    {
        await using var circuit = await OpenAsync("deleted@example.com");
        await circuit.ChangeAsync((users, user) => users.DeleteAsync(user));
        await circuit.EndsAsync();
    }

    [Fact]
    public async Task It_ends_where_it_has_no_stamp_at_all()
    {
        await using var circuit = await OpenAsync("none@example.com", principal =>
        {
            var identity = (ClaimsIdentity)principal.Identity!;
            identity.RemoveClaim(Assert.Single(identity.Claims, c => c.Type == new ClaimsIdentityOptions().SecurityStampClaimType));
        });
        await circuit.EndsAsync();
    }

    private async Task<Circuit> OpenAsync(string email, Action<ClaimsPrincipal>? change = null)
    {
        var app = await shared.AppAsync();
        var user = await app.AddUserAsync(email);
        await using var scope = app.Services.CreateAsyncScope();
        var principal = await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<User>>().CreateAsync(user);
        change?.Invoke(principal);
        return new Circuit(app.Services, user.Id.ToString(), principal);
    }

    private sealed class Circuit : IAsyncDisposable
    {
        private readonly CountedScopes _scopes;
        private readonly CircuitAuthentication _authentication;
        private readonly string _userId;

        public Circuit(IServiceProvider services, string userId, ClaimsPrincipal principal)
        {
            (_scopes, _userId) = (new CountedScopes(services.GetRequiredService<IServiceScopeFactory>()), userId);
            _authentication = new CircuitAuthentication(
                NullLoggerFactory.Instance, _scopes,
                Options.Create(new SecurityStampValidatorOptions { ValidationInterval = TimeSpan.FromMilliseconds(5) }),
                services.GetRequiredService<IOptions<IdentityOptions>>());
            _authentication.SetAuthenticationState(Task.FromResult(new AuthenticationState(principal)));
        }

        /// <summary>Waits until it has asked, and has been told, more than once.</summary>
        public Task IsAskedAsync()
        {
            var before = _scopes.Count;
            return Eventually.TrueAsync(() => _scopes.Count > before + 2);
        }

        public async Task<bool> IsSignedInAsync() =>
            (await _authentication.GetAuthenticationStateAsync()).User.Identity is { IsAuthenticated: true };

        public Task EndsAsync() => Eventually.TrueAsync(async () => !await IsSignedInAsync(), TimeSpan.FromSeconds(20));

        public async Task ChangeAsync(Func<UserManager<User>, User, Task<IdentityResult>> change)
        {
            await using var scope = _scopes.All.CreateAsyncScope();
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            Assert.True((await change(users, (await users.FindByIdAsync(_userId))!)).Succeeded);
        }

        public ValueTask DisposeAsync()
        {
            ((IDisposable)_authentication).Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Each question takes a scope of its own.</summary>
    private sealed class CountedScopes(IServiceScopeFactory scopes) : IServiceScopeFactory
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public IServiceScopeFactory All => scopes;

        public IServiceScope CreateScope()
        {
            Interlocked.Increment(ref _count);
            return scopes.CreateScope();
        }
    }
}
