using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Moves and converts in place; only floating-point tensors change their type.</summary>
            internal void Convert(Device? device, ScalarType? dtype)
            {
                using var gradless = no_grad();
                foreach (var child in _modules.Values)
                {
                    child.Convert(device, dtype);
                }

                foreach (var (key, parameter) in _parameters.ToList())
                {
                    if (Converted(parameter, device, dtype) is not { } data)
                    {
                        continue;
                    }

                    var replacement = new Parameter(data, parameter.requires_grad);
                    replacement.DetachFromDisposeScope();
                    using (var grad = parameter.grad)
                    {
                        if (grad is not null)
                        {
                            replacement.grad = Converted(grad, device, dtype) ?? grad;
                        }
                    }

                    Replace(parameter, replacement);
                    _parameters[key] = replacement;
                }

                foreach (var (key, (buffer, persistent)) in _buffers.ToList())
                {
                    if (Converted(buffer, device, dtype) is not { } replacement)
                    {
                        continue;
                    }

                    replacement.DetachFromDisposeScope();
                    Replace(buffer, replacement);
                    _buffers[key] = (replacement, persistent);
                }
            }

            private static Tensor? Converted(Tensor tensor, Device? device, ScalarType? dtype)
            {
                var targetType = dtype is { } wanted && tensor.is_floating_point() ? wanted : tensor.dtype;
                var targetDevice = device ?? tensor.device;
                var isThere = targetDevice.type == tensor.device.type && (targetDevice.index < 0 || targetDevice.index == tensor.device.index);
                return isThere && targetType == tensor.dtype ? null : tensor.to(targetType, targetDevice);
            }

            private void Replace(Tensor old, Tensor replacement)
            {
                foreach (var field in FieldsOf(GetType()))
                {
                    if (ReferenceEquals(field.GetValue(this), old))
                    {
                        field.SetValue(this, replacement);
                    }
                }

                old.Dispose();
            }
        }
    }
}

public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module
    {
        module.Convert(null, type);
        return module;
    }

    public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module
    {
        module.Convert(device, null);
        return module;
    }

    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module
    {
        module.Convert(device, type);
        return module;
    }
}
