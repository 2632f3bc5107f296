using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class RuntimeTests
{
    [Fact]
    public void SetNumThreads_Two_IsRead()
    {
        var before = get_num_threads();
        set_num_threads(2);
        get_num_threads().ShouldBe(2);
        set_num_threads(before);
        Should.Throw<ExternalException>(() => set_num_threads(0)).Message.ShouldContain("positive");
    }

    [Fact]
    public void SetNumInteropThreads_TooLate_ThrowsAndDoesNotAbort()
    {
        set_num_interop_threads(1);

        Should.Throw<ExternalException>(() => set_num_interop_threads(2)).Message.ShouldContain("interop");
    }

    [Fact]
    public void Device_CudaWithoutCuda_ThrowsInvalidOperation()
    {
        device("cpu").type.ShouldBe(DeviceType.CPU);
        new Device("cuda:1").ToString().ShouldBe("cuda:1");
        if (cuda.is_available())
        {
            device("cuda:0").type.ShouldBe(DeviceType.CUDA);
        }
        else
        {
            Should.Throw<InvalidOperationException>(() => device("cuda:0"));
            cuda.device_count().ShouldBe(0);
        }
    }

    [Fact]
    public void Version_Libtorch_IsANumber() => Version.TryParse(__version__.Split('+')[0], out _).ShouldBeTrue(__version__);

    [Fact]
    public void Ops_ManyThreads_GiveTheSame()
    {
        var results = new double[8];
        Parallel.For(0, results.Length, k =>
        {
            using var scope = NewDisposeScope();
            var x = ones([16, 16], requires_grad: true);
            for (var step = 0; step < 50; step++)
            {
                (x.matmul(x) / 16).sum().backward();
            }

            results[k] = x.grad!.sum().ToDouble();
        });

        results.ShouldAllBe(result => Math.Abs(result - results[0]) < 1e-6 && result > 0);
    }
}
