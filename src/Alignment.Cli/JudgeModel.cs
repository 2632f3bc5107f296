using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Labeling.Chat;
using Alignment.Training.Loops;

namespace Alignment.Cli;

/// <summary>A model folder as a judge.</summary>
internal static class JudgeModel
{
    /// <summary>Loads it with its tokenizer and template.</summary>
    public static IChatEndpoint Load(string folder, string name, string? templateName, bool bos, int batchSize, string device, ComputePrecision dtype, TokenBudget budget)
    {
        var (tokenizer, _) = ModelTokenizer.Load(folder, ModelConfig.Load(folder));
        var template = TemplateOption.Find(templateName, tokenizer);
        if (!template.RendersMessages)
        {
            throw LabelOptions.Wrong("the model folder ships no chat template: name the one that the model was trained with, as --template chatml");
        }

        TorchRuntime.Initialize();
        var model = ModelFolder.LoadForSampling(folder, Devices.Parse(device), dtype.ToScalarType());
        return new LocalChatEndpoint(model, tokenizer, template, new LocalChatOptions
        {
            Model = name,
            StopIds = [.. ModelFolder.StopIds(folder).Concat(template.StopIds(tokenizer)).Distinct()],
            Bos = bos,
            BatchSize = batchSize,
        }, budget);
    }
}
