// @ts-check
import { byId, el } from "./dom.js";

/** @type {[string[], string][]} */
const pairKeys = [[["←", "→"], "A or B is better"], [["1", "2", "3"], "slightly, better, much better"]];
/** @type {[string[], string][]} */
const manyKeys = [[["1", "…", "9"], "the best answer, then the second, and so on; again takes it out"], [["←", "→"], "move between the answers"]];
/** @type {[string[], string][]} */
const sharedKeys = [
  [["t"], "tie"], [["b"], "both (or all) bad"], [["↵"], "confirm"], [["s"], "skip: somebody else gets the task"], [["u"], "undo the last vote"],
  [["c"], "write a comment; Esc leaves it, Ctrl ↵ confirms"], [["g"], "guidelines"], [["?"], "this help"],
];

/** Opens the help. */
export function showHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (byId("help"));
  const list = (/** @type {[string[], string][]} */ keys) => el("dl", { className: "keys" }, ...keys.flatMap(([names, text]) => [el("dt", {}, ...names.map((name) => el("kbd", {}, name))), el("dd", {}, text)]));
  dialog.replaceChildren(
    el("div", { className: "dialog-head" }, el("h2", {}, "Keys"), el("button", { type: "button", className: "quiet icon", "aria-label": "Close the help", onclick: () => dialog.close() }, el("span", { "aria-hidden": "true" }, "✕"))),
    el("h3", {}, "Two answers"), list(pairKeys),
    el("h3", {}, "More than two"), list(manyKeys),
    el("h3", {}, "Always"), list(sharedKeys),
    el("p", { className: "muted" }, "A vote counts when the page says saved. Without a connection votes wait in this browser, also across a reload, and are sent once it is back. The time stands still while the page is hidden. Models are not named, and the order of the answers is drawn by lot."));
  if (!dialog.open) dialog.showModal();
}

/** Closes it when it is open. */
export function toggleHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (byId("help"));
  if (dialog.open) dialog.close();
  else showHelp();
}
