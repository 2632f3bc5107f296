// What a person with a keyboard, a screen reader or weak eyes needs, computed from the page as it is drawn. Gives one sentence per problem.
() => {
  const problems = [];
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3]));
  const ground = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) layers.push(rgba(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const luminance = (c) => {
    const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const isSeen = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !node.closest(".visually-hidden, .skip-link");
  const where = (node) => `${node.tagName.toLowerCase()}${node.id ? `#${node.id}` : ""}.${node.className} "${node.textContent.trim().slice(0, 30)}"`;
  const top = document.querySelector("dialog[open]");

  for (const node of (top ?? document.body).querySelectorAll("*")) {
    const hasText = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
    if (!hasText || !isSeen(node) || node.closest("script, noscript, svg")) continue;
    const back = ground(node);
    const ratio = contrast(over(rgba(getComputedStyle(node).color), back), back);
    if (ratio < 4.5) problems.push(`contrast ${ratio.toFixed(2)}: ${where(node)}`);
  }

  const name = (node) =>
    node.getAttribute("aria-label") || (node.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("") ||
    [...(node.labels ?? [])].map((label) => label.textContent).join("") || node.textContent.trim();
  for (const node of document.querySelectorAll("button, a, input, textarea, progress, dialog[open], [role='region'], [role='group'], aside, nav, section.bar")) {
    if (isSeen(node) && !name(node)) problems.push(`no name: ${where(node)}`);
  }
  for (const node of document.querySelectorAll("[aria-labelledby], [aria-controls]")) {
    for (const id of `${node.getAttribute("aria-labelledby") ?? ""} ${node.getAttribute("aria-controls") ?? ""}`.trim().split(" ")) {
      if (!document.getElementById(id)) problems.push(`refers to '${id}', which is not there: ${where(node)}`);
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of ids.filter((one, i) => ids.indexOf(one) !== i)) problems.push(`two elements with the id '${id}'`);
  for (const node of document.querySelectorAll("[tabindex]")) if (node.tabIndex > 0) problems.push(`tabindex ${node.tabIndex}: ${where(node)}`);
  if (document.querySelectorAll("main").length !== 1) problems.push("there must be one main");
  if (isSeen(document.querySelector("main")) && document.querySelectorAll("main h1").length !== 1) problems.push("main must have one h1");
  if (!document.documentElement.lang) problems.push("the page has no language");
  if (!document.querySelector("[aria-live='polite']")) problems.push("there is no live region");
  return problems;
}
