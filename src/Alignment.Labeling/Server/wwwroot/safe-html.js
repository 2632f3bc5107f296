// @ts-check
// The server's rendering of Markdown into the page. The server writes only elements from a closed list; the same list is checked here again,
// and the content security policy forbids whatever would get through both.

const elements = new Set([
  "A", "BLOCKQUOTE", "BR", "CODE", "DEL", "DIV", "EM", "H3", "H4", "H5", "H6", "HR", "LI", "OL", "P", "PRE", "SPAN", "STRONG", "TABLE", "TBODY", "TD", "TH", "TR", "UL",
]);
const attributes = new Set(["class", "href", "rel", "scope", "start", "target"]);

/** @type {{createHTML: (html: string) => any}} */
// @ts-ignore: not every browser has trusted types yet
const policy = globalThis.trustedTypes?.createPolicy("server-html", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

/** @param {Element} node @param {string} html */
export function setHtml(node, html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  for (const one of template.content.querySelectorAll("*")) {
    if (!elements.has(one.tagName)) {
      one.replaceWith(document.createTextNode(one.textContent ?? ""));
      continue;
    }
    for (const attribute of [...one.attributes]) {
      const isGood = attributes.has(attribute.name) && (attribute.name !== "href" || /^https?:\/\//.test(attribute.value));
      if (!isGood) one.removeAttribute(attribute.name);
    }
  }
  node.replaceChildren(template.content);
}
