// @ts-check
/** @import { Decision, ShownText, ShownVote, TaskItem } from "./types.js" */
import { Ballot, name } from "./ballot.js";
import { el, kbd, say } from "./dom.js";
import { setHtml } from "./safe-html.js";
import { VerdictBar } from "./verdict-bar.js";

/** @typedef {{confirm: (decision: Decision) => void, skip: () => void, undo: () => void, canUndo: () => boolean}} TaskActions */

/** One task on the screen: prompt, answers, the bar, and the keys. */
export class TaskView {
  /** @type {HTMLButtonElement[]} */
  #choosers = [];
  /** @type {HTMLElement[]} */
  #cards = [];
  /** @type {HTMLElement[]} */
  #badges = [];

  /** @param {HTMLElement} main @param {TaskItem} item @param {TaskActions} actions */
  constructor(main, item, actions) {
    this.item = item;
    this.actions = actions;
    this.ballot = new Ballot(item.answers.length);
    this.bar = new VerdictBar(this.ballot.isPair, {
      call: (word) => this.call(word),
      weigh: (strength) => this.weigh(strength),
      confirm: () => this.confirm(),
      skip: () => actions.skip(),
      undo: () => actions.undo(),
    });
    this.heading = el("h1", { tabindex: "-1", id: "prompt-title" }, "Prompt");
    const answers = el("div", { className: "answers", role: "group", "aria-label": "Answers", data: this.ballot.isPair ? {} : { many: this.ballot.count } }, ...item.answers.map((answer, place) => this.#answer(answer, place)));
    main.replaceChildren(el("div", { className: "task" }, this.#prompt(), item.votes ? this.#votes(item.votes) : null, answers, this.bar.node));
    this.update();
    scrollTo({ top: 0 });
    main.scrollTo({ top: 0 });
    this.heading.focus({ preventScroll: true });
  }

  /** @param {number} place */
  choose(place) {
    if (place >= this.item.answers.length) return;
    this.ballot.choose(place);
    this.update();
    say(this.ballot.words || "Nothing chosen");
  }

  /** @param {"tie" | "both_bad"} word */
  call(word) {
    this.ballot.call(word);
    this.update();
    say(this.ballot.words);
  }

  /** @param {number} strength */
  weigh(strength) {
    if (this.ballot.ranking.length === 0) {
      say("Choose an answer first");
      return;
    }
    this.ballot.weigh(strength);
    this.update();
    say(this.ballot.words);
  }

  confirm() {
    const { missing } = this.ballot;
    if (missing) {
      this.bar.showHint(missing);
      say(missing);
      return;
    }
    this.ballot.comment = this.bar.comment.value;
    this.actions.confirm(this.ballot.decide());
  }

  /** A key outside of text fields. @param {KeyboardEvent} event @returns {boolean} whether it meant something */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
    if (digit) {
      if (this.ballot.isPair) {
        if (digit <= 3) this.weigh(digit);
      } else this.choose(digit - 1);
      return true;
    }
    switch (event.key) {
      case "ArrowLeft":
      case "ArrowRight":
        this.#arrow(event.key === "ArrowLeft" ? -1 : 1);
        return true;
      case "Enter":
        if (target.closest("button, a") && !target.closest('[aria-pressed="true"]')) return false;
        this.confirm();
        return true;
      case "t":
        this.call("tie");
        return true;
      case "b":
        this.call("both_bad");
        return true;
      case "s":
        this.actions.skip();
        return true;
      case "u":
        if (this.actions.canUndo()) this.actions.undo();
        return true;
      case "c":
        this.bar.toggleComment(true);
        return true;
      default:
        return false;
    }
  }

  update() {
    const { ballot } = this;
    this.#choosers.forEach((button, place) => {
      const rank = ballot.ranking.indexOf(place);
      button.setAttribute("aria-pressed", String(rank >= 0));
      this.#cards[place].classList.toggle("chosen", rank === 0);
      this.#cards[place].classList.toggle("ranked", rank > 0);
      const badge = this.#badges[place];
      badge.hidden = rank < 0;
      badge.textContent = ballot.isPair || (rank === 0 && ballot.ranking.length === 1) ? "Best" : `Rank ${rank + 1}`;
      if (!ballot.isPair) button.firstChild?.replaceWith(rank >= 0 ? `Rank ${rank + 1}, take out` : ballot.ranking.length === 0 ? `${name(place, ballot.count)} is best` : `Rank ${ballot.ranking.length + 1}`);
    });
    this.bar.update(ballot, this.actions.canUndo());
  }

  /** @param {-1 | 1} step */
  #arrow(step) {
    if (this.ballot.isPair) {
      this.choose(step < 0 ? 0 : 1);
      return;
    }
    const at = this.#choosers.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const next = at < 0 ? (step > 0 ? 0 : this.#choosers.length - 1) : (at + step + this.#choosers.length) % this.#choosers.length;
    this.#choosers[next].focus();
  }

  #prompt() {
    const { prompt } = this.item;
    const body = el("div", { className: "prompt-body", tabindex: "0", role: "region", "aria-labelledby": "prompt-title" });
    const rendered = prompt.messages && prompt.messages.length > 1
      ? prompt.messages.map((message) => el("div", { className: "turn", data: { role: message.role } }, el("span", { className: "turn-role" }, message.role), content(message)))
      : [content(prompt)];
    const head = el("div", { className: "prompt-head" }, this.heading);
    head.append(rawButton(body, "the prompt", rendered, prompt.text));
    return el("section", { className: "prompt", "aria-labelledby": "prompt-title" }, head, body);
  }

  /** @param {ShownText} answer @param {number} place */
  #answer(answer, place) {
    const label = `Answer ${name(place, this.ballot.count)}`;
    const title = `answer-${place}`;
    const body = el("div", { className: "answer-body", tabindex: "0", role: "region", "aria-labelledby": title });
    const badge = el("span", { className: "badge", hidden: true });
    const key = this.ballot.isPair ? ["←", "→"][place] : place < 9 ? String(place + 1) : "";
    const choose = el("button", { type: "button", "aria-pressed": "false", onclick: () => this.choose(place) }, `${name(place, this.ballot.count)} is better`, key ? kbd(key) : null);
    const head = el("div", { className: "answer-head" }, el("h2", { id: title }, label), badge);
    head.append(rawButton(body, label, [content(answer)], answer.text));
    const card = el("article", { className: "answer", "aria-labelledby": title, data: { place } }, head, body, el("div", { className: "answer-foot" }, choose));
    this.#choosers.push(choose);
    this.#cards.push(card);
    this.#badges.push(badge);
    return card;
  }

  /** @param {ShownVote[]} votes */
  #votes(votes) {
    const said = (/** @type {ShownVote} */ vote) => {
      if (vote.ranking) return vote.ranking.map((place) => name(place, this.ballot.count)).join(" › ");
      const place = Number(vote.choice);
      if (Number.isNaN(place)) return { tie: "tie", both_bad: "both bad", skip: "skipped" }[vote.choice] ?? vote.choice;
      return `${name(place, this.ballot.count)} is ${["better", "slightly better", "better", "much better"][vote.strength ?? 0]}`;
    };
    return el("section", { className: "votes", "aria-labelledby": "votes-title" },
      el("h2", { id: "votes-title" }, "The votes so far differ"),
      el("ul", {}, ...votes.map((vote) => el("li", {}, el("span", { className: "who" }, vote.annotator), el("span", {}, said(vote)),
        vote.seconds ? el("span", { className: "muted" }, `${Math.round(vote.seconds)} s`) : null, vote.comment ? el("blockquote", {}, vote.comment) : null))));
  }
}

/** @param {{html: string, text: string}} shown */
function content(shown) {
  if (!shown.text.trim()) return el("p", { className: "blank" }, "(blank)");
  const node = el("div", { className: "content", dir: "auto" });
  setHtml(node, shown.html);
  return node;
}

/** A switch between the rendering and the text itself. @param {HTMLElement} body @param {string} what @param {HTMLElement[]} rendered @param {string} text */
function rawButton(body, what, rendered, text) {
  body.replaceChildren(...rendered);
  const button = el("button", { type: "button", className: "quiet", "aria-pressed": "false", "aria-label": `Show the raw text of ${what}`, onclick: () => {
    const isRaw = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isRaw));
    body.replaceChildren(...(isRaw ? [el("pre", { className: "raw" }, text)] : rendered));
  } }, "Raw");
  return button;
}
