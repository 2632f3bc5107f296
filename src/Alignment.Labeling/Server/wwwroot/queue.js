// @ts-check
/** @import { Api, ApiError } from "./api.js" */
/** @import { Receipt, Vote } from "./types.js" */

const batch = 10;
const longestPause = 30_000;

/** @typedef {{path: string, vote: Vote, number: number, tried: boolean}} Waiting */

/**
 * Votes on their way to the server. Each one is kept in the browser until the server has said that it is saved, also across a reload; sent twice
 * it is saved once, because its id is made here.
 */
export class VoteQueue {
  /** @type {Map<string, Waiting>} */
  #waiting = new Map();
  /** @type {Promise<void> | null} */
  #running = null;
  #pause = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #number = 0;
  #batch = batch;

  /**
   * @param {Api} api
   * @param {string} owner project and annotator; nobody else's votes are touched
   * @param {{changed: () => void, saved: (receipt: Receipt) => void, refused: (vote: Vote, reason: string) => void, signIn: (error: ApiError) => void}} events
   */
  constructor(api, owner, events) {
    this.api = api;
    this.prefix = `alignment-label:vote:${owner}:`;
    this.events = events;
    this.#load();
    this.online = () => this.flush();
    addEventListener("online", this.online);
  }

  get size() {
    return this.#waiting.size;
  }

  /** How many of them are more than skips and belong to labelling. */
  get votes() {
    return [...this.#waiting.values()].filter((one) => one.path === "/api/votes" && one.vote.choice !== "skip").length;
  }

  /** Whether the last attempt failed. */
  get isStuck() {
    return this.#pause > 0;
  }

  /** @param {string} task */
  hasTask(task) {
    return [...this.#waiting.values()].some((one) => one.vote.task === task);
  }

  /** @param {string} id */
  has(id) {
    return this.#waiting.has(id);
  }

  /** @param {string} path @param {Vote} vote */
  add(path, vote) {
    this.#keep({ path, vote, number: Date.now() + this.#number++ / 1000, tried: false });
    this.events.changed();
    void this.flush();
  }

  /** Takes a vote back that was never sent; gives whether it could. @param {string} id */
  takeBack(id) {
    const one = this.#waiting.get(id);
    if (!one || one.tried) return false;
    this.#drop(id);
    this.events.changed();
    return true;
  }

  /** Sends what waits; ends when all of it is saved or the connection fails. */
  flush() {
    clearTimeout(this.#timer);
    this.#running ??= this.#drain().finally(() => {
      this.#running = null;
      this.events.changed();
    });
    return this.#running;
  }

  /** Stops sending. What waits stays in the browser. */
  close() {
    clearTimeout(this.#timer);
    removeEventListener("online", this.online);
  }

  async #drain() {
    while (this.#waiting.size > 0) {
      const all = [...this.#waiting.values()].sort((a, b) => a.number - b.number);
      const some = all.filter((one) => one.path === all[0].path).slice(0, this.#batch);
      for (const one of some) if (!one.tried) this.#keep({ ...one, tried: true });
      try {
        /** @type {{receipts: Receipt[]}} */
        const answer = await this.api.post(all[0].path, { votes: some.map((one) => one.vote) });
        this.#pause = 0;
        this.#batch = batch;
        for (const receipt of answer.receipts) this.#settle(receipt);
      } catch (e) {
        const error = /** @type {ApiError} */ (e);
        if (error.status === 401) {
          this.events.signIn(error);
          return;
        }
        if (error.isPassing || error.status === 403) {
          this.#retry();
          return;
        }
        // The server will never take this request. One vote at a time then, so that a bad one does not hold up the others.
        if (this.#batch > 1) this.#batch = 1;
        else this.#settle({ id: some[0].vote.id, status: "invalid", problem: error.message });
      }
    }
  }

  /** @param {Receipt} receipt */
  #settle(receipt) {
    const one = this.#waiting.get(receipt.id);
    if (!one) return;
    this.#drop(receipt.id);
    if (receipt.status === "saved" || receipt.status === "repeated") this.events.saved(receipt);
    else this.events.refused(one.vote, receipt.problem ?? receipt.status);
    this.events.changed();
  }

  #retry() {
    this.#pause = Math.min(longestPause, Math.max(500, this.#pause * 2));
    this.#timer = setTimeout(() => this.flush(), this.#pause * (0.75 + Math.random() / 2));
  }

  #load() {
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const key = localStorage.key(i);
        if (!key?.startsWith(this.prefix)) continue;
        const one = /** @type {Waiting} */ (JSON.parse(localStorage.getItem(key) ?? "null"));
        if (one?.vote?.id) this.#waiting.set(one.vote.id, one);
      }
    } catch {
      // Storage is switched off: votes wait in memory only.
    }
  }

  /** @param {Waiting} one */
  #keep(one) {
    this.#waiting.set(one.vote.id, one);
    try {
      localStorage.setItem(this.prefix + one.vote.id, JSON.stringify(one));
    } catch {
      // Full or switched off: it waits in memory.
    }
  }

  /** @param {string} id */
  #drop(id) {
    this.#waiting.delete(id);
    try {
      localStorage.removeItem(this.prefix + id);
    } catch {
      // As above.
    }
  }
}

/** An id that nobody else makes: random, also where the page is not a secure context. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}
