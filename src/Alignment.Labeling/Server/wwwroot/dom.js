// @ts-check

/**
 * Makes an element. Keys that begin with "on" are listeners, "data" is the data set, the rest are attributes; false and null leave one out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(node.dataset, value);
    else node.setAttribute(key === "className" ? "class" : key, value === true ? "" : String(value));
  }
  for (const child of children) if (child) node.append(child);
  return node;
}

/** @param {string} id */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element '${id}'`);
  return node;
}

/** A key's name as people see it. @param {string} key */
export const kbd = (key) => el("kbd", { "aria-hidden": "true" }, key);

/** Tells people who listen to the page. @param {string} text */
export function say(text) {
  const live = byId("live");
  live.textContent = live.textContent === text ? `${text}\u00a0` : text;
}

/**
 * Shows a message over the task; without a text it goes away.
 * @param {string} [text] @param {{soft?: boolean, action?: string, run?: () => void}} [options]
 */
export function notice(text, options = {}) {
  const box = byId("notice");
  box.hidden = !text;
  box.classList.toggle("soft", options.soft === true);
  const close = () => {
    box.hidden = true;
    options.run?.();
  };
  box.replaceChildren(el("span", {}, text ?? ""), el("button", { type: "button", onclick: close }, options.action ?? "Close"));
}

/** @param {number} seconds */
export function minutes(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Something remembered in this browser; null where storage is switched off. @param {string} key @param {string} [value] */
export function remember(key, value) {
  try {
    const name = `alignment-label:${key}`;
    if (value !== undefined) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
