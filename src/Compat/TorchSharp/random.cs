namespace TorchSharp;

public static partial class torch
{
    /// <summary>The CPU's default generator.</summary>
    public static class random
    {
        public static Tensor get_rng_state()
        {
            using var generator = Generator.Default;
            return generator.get_state();
        }

        public static void set_rng_state(Tensor new_state)
        {
            using var generator = Generator.Default;
            generator.set_state(new_state);
        }
    }
}
