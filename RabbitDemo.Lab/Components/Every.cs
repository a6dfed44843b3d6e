using Microsoft.AspNetCore.Components;

namespace RabbitDemo.Lab.Components;

/// <summary>Has a page ask again, for as long as it is open: the next time when the last one is answered.</summary>
public sealed class Every : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource closing = new();

    [Parameter, EditorRequired]
    public double Seconds { get; set; }

    [Parameter, EditorRequired]
    public EventCallback Do { get; set; }

    public void Dispose()
    {
        closing.Cancel();
        closing.Dispose();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ = RunAsync(closing.Token);
    }

    private async Task RunAsync(CancellationToken closed)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Seconds));
        try
        {
            while (await timer.WaitForNextTickAsync(closed))
                await InvokeAsync(Do.InvokeAsync);
        }
        catch (Exception e) when (closed.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was closed.
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e); // else the page would stand still without a word
        }
    }
}
