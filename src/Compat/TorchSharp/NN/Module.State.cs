using System.Runtime.CompilerServices;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Parameter>(ByReference);
                foreach (var (key, parameter) in _parameters)
                {
                    if (seen.Add(parameter))
                    {
                        yield return (key, parameter);
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach (var (child, module) in _modules)
                {
                    foreach (var (key, parameter) in module.named_parameters())
                    {
                        if (seen.Add(parameter))
                        {
                            yield return ($"{child}.{key}", parameter);
                        }
                    }
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            /// <summary>Persistent buffers; non-persistent ones are never listed, whatever the flag says, as in the real library.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<Tensor>(ByReference);
                foreach (var (key, (tensor, persistent)) in _buffers)
                {
                    if (persistent && seen.Add(tensor))
                    {
                        yield return (key, tensor);
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach (var (child, module) in _modules)
                {
                    foreach (var (key, tensor) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(tensor))
                        {
                            yield return ($"{child}.{key}", tensor);
                        }
                    }
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() => _modules.Select(m => (m.Key, m.Value));

            public virtual IEnumerable<Module> children() => _modules.Values;

            /// <summary>Every module below this one, the direct children first; not this one.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var (child, module) in _modules)
                {
                    yield return (child, module);
                }

                foreach (var (child, module) in _modules)
                {
                    foreach (var (key, below) in module.named_modules())
                    {
                        yield return ($"{child}.{key}", below);
                    }
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            public virtual Parameter? get_parameter(string target)
            {
                if (_parameters.TryGetValue(target, out var parameter))
                {
                    return parameter;
                }

                var dot = target.IndexOf('.');
                return dot > 0 && _modules.TryGetValue(target[..dot], out var child) ? child.get_parameter(target[(dot + 1)..]) : null;
            }

            /// <summary>The live tensors: own parameters, then the submodules', then persistent buffers, then a shared tensor's further names.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                foreach (var (key, parameter) in named_parameters())
                {
                    destination.TryAdd(Join(prefix, key), parameter);
                }

                foreach (var (key, buffer) in named_buffers(include_nonpersistent: false))
                {
                    destination.TryAdd(Join(prefix, key), buffer);
                }

                foreach (var (child, module) in _modules)
                {
                    module.state_dict(destination, Join(prefix, child));
                }

                return destination;
            }

            /// <summary>Copies the given values into this module's own tensors.</summary>
            /// <exception cref="InvalidOperationException">strict, and a key is missing or unexpected.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                skip ??= [];
                var destination = state_dict();
                var missing = destination.Keys.Where(key => !source.ContainsKey(key) && !skip.Contains(key)).ToList();
                var unexpected = source.Keys.Where(key => !destination.ContainsKey(key) && !skip.Contains(key)).ToList();
                if (strict && missing.Count + unexpected.Count > 0)
                {
                    throw new InvalidOperationException(
                        $"The state dictionary does not fit {GetName()}: missing [{string.Join(", ", missing)}], unexpected [{string.Join(", ", unexpected)}].");
                }

                using var gradless = no_grad();
                foreach (var (key, value) in source)
                {
                    if (!skip.Contains(key) && destination.TryGetValue(key, out var target))
                    {
                        target.copy_(value);
                    }
                }

                return (missing, unexpected);
            }

            private static string Join(string? prefix, string key) => string.IsNullOrEmpty(prefix) ? key : $"{prefix}.{key}";

            // Tensor.Equals compares values.
            private static IEqualityComparer<Tensor> ByReference { get; } = new ReferenceComparer();

            private sealed class ReferenceComparer : IEqualityComparer<Tensor>
            {
                public bool Equals(Tensor? left, Tensor? right) => ReferenceEquals(left, right);

                public int GetHashCode(Tensor tensor) => RuntimeHelpers.GetHashCode(tensor);
            }
        }
    }
}
