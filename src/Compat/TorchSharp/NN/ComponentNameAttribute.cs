namespace TorchSharp.Utils;

public class ComponentNameAttribute : Attribute
{
    public string? Name { get; set; }
}
