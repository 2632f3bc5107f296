// @ts-check
/** @import { Api } from "./api.js" */
/** @import { VoteQueue } from "./queue.js" */
/** @import { Decision, TaskItem } from "./types.js" */
import { TaskClock } from "./clock.js";
import { byId, el, notice, say } from "./dom.js";
import { newId } from "./queue.js";
import { TaskView } from "./task-view.js";

/** Settling split tasks: the votes so far stand above the answers, and the vote decides. */
export class AdjudicateView {
  /** @type {TaskView | null} */
  #view = null;
  /** @type {{id: string, item: TaskItem}[]} */
  #history = [];
  #settledHere = new Set();
  #clock = new TaskClock();
  #isClosed = false;

  /** @param {HTMLElement} main @param {Api} api @param {VoteQueue} queue */
  constructor(main, api, queue) {
    this.main = main;
    this.api = api;
    this.queue = queue;
  }

  async open() {
    byId("progress-box").hidden = false;
    await this.#load();
  }

  close() {
    this.#isClosed = true;
    this.#clock.close();
    byId("progress-box").hidden = true;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    return this.#view?.key(event) ?? false;
  }

  confirm() {
    this.#view?.confirm();
  }

  async #load() {
    this.#view = null;
    await this.queue.flush();
    try {
      const answer = await this.api.get("/api/adjudication/next");
      if (this.#isClosed) return;
      const bar = /** @type {HTMLProgressElement} */ (byId("progress"));
      bar.max = Math.max(1, answer.open + answer.settled);
      bar.value = answer.settled;
      byId("progress-text").textContent = `${answer.settled} settled, ${answer.open} split`;
      const item = answer.items.find((/** @type {TaskItem} */ one) => !this.#settledHere.has(one.task));
      if (item) this.#show(item);
      else this.#rest("Nothing to settle", "No task is split now: wherever enough people voted, most of them agree.");
    } catch (e) {
      if (!this.#isClosed) this.#rest("The tasks cannot be fetched", `${/** @type {Error} */ (e).message}.`);
    }
  }

  /** @param {TaskItem} item */
  #show(item) {
    this.#view = new TaskView(this.main, item, {
      confirm: (decision) => this.#vote(item, decision),
      skip: () => this.#vote(item, { choice: "skip" }),
      undo: () => void this.#undo(),
      canUndo: () => this.#history.length > 0,
    });
    this.#clock.restart();
  }

  /** @param {TaskItem} item @param {Decision} decision */
  #vote(item, decision) {
    const id = newId();
    this.#history.push({ id, item });
    this.#settledHere.add(item.task);
    this.queue.add("/api/adjudication/votes", { id, task: item.task, ...decision, seconds: Math.round(this.#clock.seconds * 10) / 10, shown: item.order, at: new Date().toISOString() });
    void this.#load();
  }

  async #undo() {
    const last = this.#history.pop();
    if (!last) return;
    try {
      if (!this.queue.takeBack(last.id)) {
        await this.queue.flush();
        await this.api.post("/api/undo", { vote: last.id });
      }
      this.#settledHere.delete(last.item.task);
      notice();
      this.#show(last.item);
      say("Undone. Here is the task again.");
    } catch (e) {
      this.#history.push(last);
      notice(`This cannot be undone now: ${/** @type {Error} */ (e).message}.`);
    }
  }

  /** @param {string} title @param {string} text */
  #rest(title, text) {
    this.#clock.hide();
    const heading = el("h1", { tabindex: "-1" }, title);
    const undo = this.#history.length > 0 ? el("button", { type: "button", onclick: () => this.#undo() }, "Undo the last one") : null;
    this.main.replaceChildren(el("section", { className: "centre", id: "rest" }, heading, el("p", {}, text),
      el("div", { className: "row" }, undo, el("button", { type: "button", className: "primary", onclick: () => this.#load() }, "Look again"))));
    heading.focus();
  }
}
