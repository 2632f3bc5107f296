namespace Alignment.Data.Templates;

/// <summary>Templates for models that ship none, in the formats that model families are known for. ChatML and plain are types of their own.</summary>
internal static class BuiltInTemplates
{
    private const string Llama3 =
        """
        {{- bos_token }}
        {%- for message in messages %}
            {%- set role = 'ipython' if message.role == 'tool' else message.role %}
            {{- '<|start_header_id|>' + role + '<|end_header_id|>\n\n' + message.content | trim + '<|eot_id|>' }}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
        {%- endif %}
        """;

    private const string Zephyr =
        """
        {%- for message in messages %}
            {%- if message.role == 'tool' %}{{- raise_exception('the zephyr template has no form for messages of tools') }}{%- endif %}
            {{- '<|' + message.role + '|>\n' + message.content + eos_token + '\n' }}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|assistant|>\n' }}
        {%- endif %}
        """;

    private const string Gemma =
        """
        {{- bos_token }}
        {%- set state = namespace(system='') %}
        {%- for message in messages %}
            {%- if message.role == 'system' %}
                {%- set state.system = message.content | trim + '\n\n' %}
            {%- elif message.role == 'tool' %}
                {{- raise_exception('the gemma template has no form for messages of tools') }}
            {%- else %}
                {%- set role = 'model' if message.role == 'assistant' else message.role %}
                {{- '<start_of_turn>' + role + '\n' + state.system + message.content | trim + '<end_of_turn>\n' }}
                {%- set state.system = '' %}
            {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<start_of_turn>model\n' }}
        {%- endif %}
        """;

    private const string Phi3 =
        """
        {%- for message in messages %}
            {%- if message.role == 'tool' %}{{- raise_exception('the phi-3 template has no form for messages of tools') }}{%- endif %}
            {{- '<|' + message.role + '|>\n' + message.content + '<|end|>\n' }}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|assistant|>\n' }}
        {%- endif %}
        """;

    private const string Alpaca =
        """
        {%- if messages[0].role == 'system' %}
            {{- messages[0].content + '\n\n' }}
        {%- else %}
            {{- 'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n' }}
        {%- endif %}
        {%- for message in messages %}
            {%- if message.role == 'user' %}
                {{- '### Instruction:\n' + message.content + '\n\n' }}
            {%- elif message.role == 'assistant' %}
                {{- '### Response:\n' + message.content + eos_token + '\n\n' }}
            {%- elif message.role == 'tool' %}
                {{- raise_exception('the alpaca template has no form for messages of tools') }}
            {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '### Response:\n' }}
        {%- endif %}
        """;

    /// <summary>Every one that is written in Jinja only.</summary>
    public static IReadOnlyList<ChatTemplate> All { get; } =
    [
        Make("llama-3", Llama3, "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
        Make("zephyr", Zephyr),
        Make("gemma", Gemma, "<start_of_turn>", "<end_of_turn>"),
        Make("phi-3", Phi3, "<|user|>", "<|assistant|>", "<|end|>"),
        Make("alpaca", Alpaca),
    ];

    private static JinjaChatTemplate Make(string name, string source, params string[] tokens) => new(name, source, name, specials: tokens);
}
