// @ts-check
/** @import { Api, ApiError } from "./api.js" */
/** @import { VoteQueue } from "./queue.js" */
/** @import { Decision, OwnProgress, TaskItem } from "./types.js" */
import { TaskClock } from "./clock.js";
import { byId, el, notice, say } from "./dom.js";
import { newId } from "./queue.js";
import { TaskView } from "./task-view.js";

const ahead = 4;
const lookAgain = 20_000;

/** When the server may give a task to somebody else, by this machine's clock. @type {WeakMap<TaskItem, number>} */
const heldUntil = new WeakMap();

/** @param {TaskItem} item */
const isStale = (item) => (heldUntil.get(item) ?? Infinity) < Date.now();

/** Labelling: one task after the other, the next ones fetched beforehand. */
export class LabelView {
  /** @type {TaskItem[]} */
  #next = [];
  /** @type {TaskView | null} */
  #view = null;
  /** Tasks voted on here; the server may have answered before it knew. @type {Set<string>} */
  #voted = new Set();
  /** @type {{id: string, item?: TaskItem}[]} */
  #history = [];
  #clock = new TaskClock();
  #isFetching = false;
  #isClosed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #progressTimer;

  /** @param {HTMLElement} main @param {Api} api @param {VoteQueue} queue */
  constructor(main, api, queue) {
    this.main = main;
    this.api = api;
    this.queue = queue;
    this.#history = recall(queue.prefix);
  }

  async open() {
    byId("progress-box").hidden = false;
    await this.queue.flush();
    await this.#fetch();
    this.#advance();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#progressTimer);
    this.#clock.close();
    byId("progress-box").hidden = true;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    return this.#view?.key(event) ?? (event.key === "u" && this.#history.length > 0 ? (void this.#undo(), true) : false);
  }

  /** Confirms from within the comment. */
  confirm() {
    this.#view?.confirm();
  }

  /** @param {Decision} decision */
  async #vote(decision) {
    const view = this.#view;
    if (!view) return;
    const { item } = view;
    if (isStale(item) && !(await this.#holdAgain(item))) {
      notice("This task took so long that somebody else has it now. Here is the next one.", { soft: true });
      this.#view = null;
      await this.#look();
      return;
    }
    if (this.#view !== view) return;
    const id = newId();
    this.#voted.add(item.task);
    this.#history.push({ id, item });
    this.#store();
    this.queue.add("/api/votes", { id, task: item.task, ...decision, seconds: Math.round(this.#clock.seconds * 10) / 10, shown: item.order, at: new Date().toISOString() });
    this.#count(decision.choice === "skip" ? 0 : 1);
    this.#view = null;
    this.#advance();
    void this.#fetch();
    clearTimeout(this.#progressTimer);
    this.#progressTimer = setTimeout(() => this.#refresh(), 700);
  }

  // Whether the task is still wanted. Without a connection it is taken for wanted: no vote is thrown away.
  /** @param {TaskItem} item */
  async #holdAgain(item) {
    try {
      const answer = await this.api.get(this.#wanted());
      return answer.items.some((/** @type {TaskItem} */ one) => one.task === item.task);
    } catch {
      return true;
    }
  }

  #wanted() {
    return `/api/next?count=${Math.min(50, ahead + 1 + this.queue.size)}`;
  }

  #skip() {
    if (!this.#view) return;
    say("Skipped");
    void this.#vote({ choice: "skip", comment: this.#view.bar.comment.value.trim() || undefined });
  }

  async #undo() {
    const last = this.#history.pop();
    if (!last) return;
    let { item } = last;
    if (!this.queue.takeBack(last.id)) {
      await this.queue.flush();
      try {
        if (this.queue.has(last.id)) throw new Error("the vote is still on its way");
        const answer = await this.api.post("/api/undo", { vote: last.id });
        if (answer.status === "unknown") throw new Error(answer.problem ?? "the server does not know the vote");
        item = answer.item ?? item;
      } catch (e) {
        this.#history.push(last);
        notice(`This cannot be undone now: ${/** @type {Error} */ (e).message}.`);
        return;
      }
    }
    this.#store();
    notice();
    if (!item || this.#isClosed) return;
    this.#voted.delete(item.task);
    this.#next = this.#next.filter((one) => one.task !== item.task);
    if (this.#view) this.#next.unshift(this.#view.item);
    this.#show(item);
    this.#refresh();
    say("Undone. Here is the task again.");
  }

  #advance() {
    if (this.#isClosed || this.#view) return;
    this.#next = this.#next.filter((one) => !isStale(one));
    const item = this.#next.shift();
    if (item) this.#show(item);
    else this.#rest();
  }

  /** @param {TaskItem} item */
  #show(item) {
    clearTimeout(this.#timer);
    this.#view = new TaskView(this.main, item, {
      confirm: (decision) => void this.#vote(decision),
      skip: () => this.#skip(),
      undo: () => void this.#undo(),
      canUndo: () => this.#history.length > 0,
    });
    this.#clock.restart();
  }

  // Nothing to show: all is done, or the connection is gone.
  #rest(problem = "") {
    this.#clock.hide();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), lookAgain);
    const undo = this.#history.length > 0 ? el("button", { type: "button", onclick: () => this.#undo() }, "Undo the last vote") : null;
    const title = el("h1", { tabindex: "-1" }, problem ? "No connection" : this.#isFetching ? "Loading…" : "All done");
    this.main.replaceChildren(el("section", { className: "centre", id: "rest" }, title,
      el("p", {}, problem ? `The next tasks cannot be fetched: ${problem}. Votes wait in this browser and are sent by themselves.` : this.#isFetching ? "Fetching the next tasks." : "There is no task left for you now. Some may come back when somebody else passes on them."),
      el("div", { className: "row" }, undo, el("button", { type: "button", className: "primary", onclick: () => this.#look() }, "Look again"))));
    title.focus();
  }

  async #look() {
    await this.queue.flush();
    await this.#fetch();
    this.#advance();
  }

  async #fetch() {
    if (this.#isFetching || this.#isClosed || this.#next.length >= ahead) return;
    this.#isFetching = true;
    let problem = "";
    try {
      const answer = await this.api.get(this.#wanted());
      for (const item of /** @type {TaskItem[]} */ (answer.items)) {
        const isKnown = this.#voted.has(item.task) || this.queue.hasTask(item.task) || this.#view?.item.task === item.task || this.#next.some((one) => one.task === item.task);
        if (isKnown) continue;
        heldUntil.set(item, Date.now() + (item.heldSeconds ?? Infinity) * 1000);
        this.#next.push(item);
      }
      if (!this.shown) this.#progress(answer.progress);
    } catch (e) {
      const error = /** @type {ApiError} */ (e);
      problem = error.message;
      if (error.status === 401) this.queue.events.signIn(error);
    } finally {
      this.#isFetching = false;
    }
    if (this.#isClosed || this.#view) return;
    if (this.#next.length > 0) this.#advance();
    else this.#rest(problem);
  }

  async #refresh() {
    try {
      this.#progress(await this.api.get("/api/progress"));
    } catch {
      // The next answer brings it.
    }
  }

  /** @param {OwnProgress} progress */
  #progress(progress) {
    if (this.#isClosed) return;
    const waiting = this.queue.votes;
    this.shown = { done: progress.votes + waiting, all: progress.votes + progress.open };
    this.#count(0);
  }

  /** @param {number} more */
  #count(more) {
    if (!this.shown) return;
    this.shown.done = Math.min(this.shown.all, this.shown.done + more);
    const bar = /** @type {HTMLProgressElement} */ (byId("progress"));
    bar.max = Math.max(1, this.shown.all);
    bar.value = this.shown.done;
    byId("progress-text").textContent = `${this.shown.done} of ${this.shown.all}`;
  }

  #store() {
    try {
      sessionStorage.setItem(`${this.queue.prefix}history`, JSON.stringify(this.#history.slice(-20).map((one) => one.id)));
    } catch {
      // Undo does not survive a reload then.
    }
  }
}

/** @param {string} prefix @returns {{id: string}[]} */
function recall(prefix) {
  try {
    return JSON.parse(sessionStorage.getItem(`${prefix}history`) ?? "[]").map((/** @type {string} */ id) => ({ id }));
  } catch {
    return [];
  }
}
