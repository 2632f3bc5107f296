// @ts-check
/** @import { Ballot } from "./ballot.js" */
import { el, kbd } from "./dom.js";

/** @typedef {{call: (word: "tie" | "both_bad") => void, weigh: (strength: number) => void, confirm: () => void, skip: () => void, undo: () => void}} BarActions */

/** The bar under the answers: tie, both bad, strength, comment, skip, undo, confirm. */
export class VerdictBar {
  /** @param {boolean} isPair @param {BarActions} actions */
  constructor(isPair, actions) {
    const button = (/** @type {string} */ text, /** @type {string} */ key, /** @type {() => void} */ run, props = {}) => el("button", { type: "button", onclick: run, ...props }, text, kbd(key));
    this.words = {
      tie: button("Tie", "t", () => actions.call("tie"), { "aria-pressed": "false" }),
      both_bad: button(isPair ? "Both bad" : "All bad", "b", () => actions.call("both_bad"), { "aria-pressed": "false" }),
    };
    this.weights = isPair ? ["Slightly", "Better", "Much"].map((text, i) => button(text, String(i + 1), () => actions.weigh(i + 1), { "aria-pressed": "false" })) : [];
    this.commentButton = button("Comment", "c", () => this.toggleComment(), { "aria-expanded": "false", "aria-controls": "comment-box", className: "quiet" });
    this.undoButton = button("Undo", "u", actions.undo, { className: "quiet" });
    this.confirmButton = button("Confirm", "↵", actions.confirm, { className: "primary", id: "confirm" });
    this.comment = el("textarea", { id: "comment", rows: "2", maxlength: "10000" });
    this.commentBox = el("div", { className: "comment", id: "comment-box", hidden: true }, el("label", { for: "comment" }, "Comment"), this.comment);
    this.hint = el("p", { className: "hint", id: "hint", hidden: true });
    this.verdict = el("span", { className: "verdict", id: "verdict" });
    const strength = isPair ? el("div", { className: "strength" }, el("span", { className: "muted", id: "strength-label" }, "How much?"), el("div", { role: "group", "aria-labelledby": "strength-label" }, ...this.weights)) : null;
    this.node = el("section", { className: "bar", "aria-label": "Your verdict" }, this.hint, this.commentBox,
      el("div", { className: "bar-row" }, this.undoButton, button("Skip", "s", actions.skip, { className: "quiet" }), this.commentButton, el("span", { className: "spacer" }),
        this.words.tie, this.words.both_bad, strength, el("span", { className: "spacer" }), this.verdict, this.confirmButton));
  }

  /** @param {Ballot} ballot @param {boolean} canUndo */
  update(ballot, canUndo) {
    for (const [word, button] of Object.entries(this.words)) button.setAttribute("aria-pressed", String(ballot.word === word));
    this.weights.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(ballot.strength === i + 1));
      button.disabled = ballot.ranking.length === 0;
    });
    this.verdict.textContent = ballot.words;
    this.node.classList.toggle("has-choice", ballot.ranking.length > 0);
    this.hint.hidden = true;
    this.confirmButton.setAttribute("aria-disabled", String(ballot.missing !== null));
    this.undoButton.disabled = !canUndo;
  }

  /** Says what is missing. @param {string} text */
  showHint(text) {
    this.hint.textContent = text;
    this.hint.hidden = false;
  }

  toggleComment(isOpen = this.commentBox.hidden) {
    this.commentBox.hidden = !isOpen;
    this.commentButton.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.comment.focus();
    else this.commentButton.focus();
  }
}
