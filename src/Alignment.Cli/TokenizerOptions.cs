using Alignment.Data.Tokenization;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary>Options of a stage of kind <c>tokenizer</c>.</summary>
internal sealed record TokenizerOptions : TokenizerTrainingOptions, IValidatedOptions;
