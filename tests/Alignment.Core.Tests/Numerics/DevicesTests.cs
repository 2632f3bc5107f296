using Alignment.Core.Numerics;
using TorchSharp;

namespace Alignment.Core.Tests.Numerics;

public sealed class DevicesTests
{
    [Theory]
    [InlineData("cpu", 2, DeviceType.CPU, -1)]
    [InlineData("auto", 0, DeviceType.CPU, -1)]
    [InlineData("auto", 2, DeviceType.CUDA, 0)]
    [InlineData(" CUDA ", 2, DeviceType.CUDA, 0)]
    [InlineData("cuda:1", 2, DeviceType.CUDA, 1)]
    public void Parse_KnownName_GivesTheDevice(string name, int cudaDevices, DeviceType type, int index)
    {
        var device = Devices.Parse(name, cudaDevices);

        device.type.ShouldBe(type);
        if (type == DeviceType.CUDA)
        {
            device.index.ShouldBe(index);
        }
    }

    [Theory]
    [InlineData("gpu", 1, "unknown")]
    [InlineData("cuda:x", 1, "unknown")]
    [InlineData("cuda:", 1, "unknown")]
    [InlineData("cuda", 0, "no CUDA device")]
    [InlineData("cuda:2", 2, "cuda:1")]
    public void Parse_WhatIsNotThere_SaysWhatToGive(string name, int cudaDevices, string reason) =>
        Should.Throw<InvalidDataException>(() => Devices.Parse(name, cudaDevices)).Message.ShouldContain(reason);

    [Fact]
    public void Parse_Cpu_WorksOnThisMachine() => Devices.Parse("cpu").type.ShouldBe(DeviceType.CPU);
}
