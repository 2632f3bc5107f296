// @ts-check
import { byId, minutes } from "./dom.js";

/** The time that a task was looked at: it stands still while the page is hidden. */
export class TaskClock {
  #seconds = 0;
  /** @type {number | null} */
  #since = null;

  constructor() {
    this.seen = () => (document.hidden ? this.#stop() : this.#go());
    document.addEventListener("visibilitychange", this.seen);
    this.timer = setInterval(() => this.#show(), 1000);
  }

  /** A new task. */
  restart() {
    this.#seconds = 0;
    this.#since = null;
    if (!document.hidden) this.#go();
    this.#show();
    byId("timer").hidden = false;
  }

  get seconds() {
    return this.#seconds + (this.#since === null ? 0 : (performance.now() - this.#since) / 1000);
  }

  /** No task. */
  hide() {
    byId("timer").hidden = true;
  }

  close() {
    document.removeEventListener("visibilitychange", this.seen);
    clearInterval(this.timer);
    this.hide();
  }

  #go() {
    this.#since ??= performance.now();
  }

  #stop() {
    this.#seconds = this.seconds;
    this.#since = null;
  }

  #show() {
    byId("timer").textContent = minutes(this.seconds);
  }
}
