namespace Alignment.Data.Tokenization.Files;

/// <summary>What a SentencePiece file holds (<c>sentencepiece_model.proto</c>), as far as tokenizing needs it.</summary>
internal sealed class SentencePieceModel
{
    /// <summary>Kinds of pieces.</summary>
    public const int Normal = 1;
    public const int Unknown = 2;
    public const int Control = 3;
    public const int UserDefined = 4;
    public const int Byte = 6;

    /// <summary>Kinds of models.</summary>
    public const int Unigram = 1;
    public const int Bpe = 2;

    private SentencePieceModel()
    {
    }

    public List<(string Text, float Score, int Kind)> Pieces { get; } = [];

    public int ModelKind { get; private set; } = Unigram;

    public bool ByteFallback { get; private set; }

    public bool BlankIsSuffix { get; private set; }

    public int UnknownId { get; private set; }

    public int BosId { get; private set; } = 1;

    public int EosId { get; private set; } = 2;

    public int PadId { get; private set; } = -1;

    /// <summary>A table of replacements; empty where there is none.</summary>
    public byte[] CharacterMap { get; private set; } = [];

    public bool AddDummyPrefix { get; private set; } = true;

    public bool RemoveExtraWhitespaces { get; private set; } = true;

    public static SentencePieceModel Read(byte[] bytes, string path)
    {
        var model = new SentencePieceModel();
        var reader = new ProtobufReader(bytes, path);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    model.ReadPiece(new(reader.Bytes, path));
                    break;
                case 2:
                    model.ReadTrainer(new(reader.Bytes, path));
                    break;
                case 3:
                    model.ReadNormalizer(new(reader.Bytes, path));
                    break;
            }
        }

        return model.Pieces.Count > 0 ? model : throw new InvalidDataException($"{path}: not a SentencePiece model: it has no pieces; fetch the file again.");
    }

    private void ReadPiece(ProtobufReader reader)
    {
        var (text, score, kind) = ("", 0f, Normal);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    text = reader.Text;
                    break;
                case 2:
                    score = reader.Single;
                    break;
                case 3:
                    kind = (int)reader.Number;
                    break;
            }
        }

        Pieces.Add((text, score, kind));
    }

    private void ReadTrainer(ProtobufReader reader)
    {
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 3:
                    ModelKind = (int)reader.Number;
                    break;
                case 24:
                    BlankIsSuffix = reader.Flag;
                    break;
                case 35:
                    ByteFallback = reader.Flag;
                    break;
                case 40:
                    UnknownId = (int)reader.Number;
                    break;
                case 41:
                    BosId = (int)reader.Number;
                    break;
                case 42:
                    EosId = (int)reader.Number;
                    break;
                case 43:
                    PadId = (int)reader.Number;
                    break;
            }
        }
    }

    private void ReadNormalizer(ProtobufReader reader)
    {
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 2:
                    CharacterMap = reader.Bytes.ToArray();
                    break;
                case 3:
                    AddDummyPrefix = reader.Flag;
                    break;
                case 4:
                    RemoveExtraWhitespaces = reader.Flag;
                    break;
            }
        }
    }
}
