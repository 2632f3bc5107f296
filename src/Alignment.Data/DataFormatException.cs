namespace Alignment.Data;

/// <summary>Data that cannot be used: the message says where (file:line or row id), what is wrong and what to do.</summary>
public sealed class DataFormatException : FormatException
{
    /// <summary>Makes the exception with a message of the form <c>where: what; what to do</c>.</summary>
    public DataFormatException(string where, string what, string whatToDo, Exception? inner = null)
        : base($"{where}: {what}; {whatToDo}", inner)
    {
        Where = where;
        Reason = what;
    }

    /// <summary>The file, <c>file:line</c> or row id that the message begins with.</summary>
    public string Where { get; }

    /// <summary>What is wrong, without the place and the advice.</summary>
    public string Reason { get; }
}
