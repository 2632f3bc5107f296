// @ts-check
/** @import { Api } from "./api.js" */
import { byId, el } from "./dom.js";

const every = 5000;
const svg = "http://www.w3.org/2000/svg";

/** @typedef {{mean: number, ci_low: number, ci_high: number}} Interval */

/** Everybody's progress and the agreement, as it is now. */
export class AdminView {
  #isClosed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} main @param {Api} api */
  constructor(main, api) {
    this.main = main;
    this.api = api;
  }

  async open() {
    this.title = el("h1", { tabindex: "-1" }, "Progress and agreement");
    this.when = el("span", { className: "muted", id: "report-time" }, "Loading…");
    this.body = el("div", { className: "admin", id: "report" });
    this.main.replaceChildren(el("div", { className: "admin" }, el("div", { className: "admin-head" }, this.title, this.when), this.body));
    this.title.focus();
    await this.#load();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    byId("progress-box").hidden = true;
  }

  key() {
    return false;
  }

  confirm() {}

  async #load() {
    if (!document.hidden) {
      try {
        const answer = await this.api.get("/api/admin/report");
        if (this.#isClosed || !this.body || !this.when) return;
        this.#draw(this.body, answer);
        this.when.textContent = `as of ${new Date(answer.at).toLocaleTimeString()}, refreshed every ${every / 1000} s; intervals are 95 %`;
      } catch (e) {
        if (this.when) this.when.textContent = /** @type {Error} */ (e).message;
      }
    }
    if (!this.#isClosed) this.#timer = setTimeout(() => this.#load(), every);
  }

  /** @param {HTMLElement} body @param {any} answer */
  #draw(body, { progress, report }) {
    const tile = (/** @type {string} */ name, /** @type {string | number} */ value, small = "") => el("div", { className: "tile" }, el("dt", {}, name), el("dd", {}, String(value), small ? el("small", {}, ` ${small}`) : null));
    body.replaceChildren(
      el("dl", { className: "tiles" },
        tile("tasks done", progress.done, `of ${progress.tasks}`),
        tile("votes", progress.votes),
        tile("skips", progress.skips),
        tile("ties", report.ties),
        tile("both bad", report.bothBad),
        tile("split", report.splitTasks),
        tile("settled", progress.adjudications)),
      report.notes.length > 0 ? el("section", { className: "panel" }, el("h2", {}, "What stands out"), el("ul", { className: "notes" }, ...report.notes.map((/** @type {string} */ note) => el("li", {}, note)))) : "",
      el("div", { className: "panels" }, this.#agreement(report), this.#models(report)),
      this.#annotators(progress, report));
  }

  /** @param {any} report */
  #agreement(report) {
    const rows = [
      ["Raw agreement", report.rawAgreement], ["Krippendorff’s α", report.alphaNominal], ["α, ordinal", report.alphaOrdinal],
      ["Cohen’s κ", report.cohenKappa], ["Fleiss’ κ", report.fleissKappa?.kappa], ["Left chosen", report.left.share], ["Longest chosen", report.longer.share],
    ].map(([name, value]) => [name, number(value), chart(value, 0, 1)]);
    return panel("Agreement", ["", "Value", "0 to 1"], rows);
  }

  /** @param {any} report */
  #models(report) {
    if (report.models.length === 0) return panel("Models", ["Model"], [["No model is named in the tasks."]]);
    const ends = report.models.flatMap((/** @type {any} */ one) => [one.elo?.ci_low ?? 1000, one.elo?.ci_high ?? 1000]);
    const [low, high] = [Math.min(...ends, 950), Math.max(...ends, 1050)];
    return panel("Models", ["Model", "Elo", "Wins", "Comparisons", ""], report.models.map((/** @type {any} */ one) =>
      [one.model, one.elo ? Math.round(one.elo.mean).toString() : "–", percent(one.winRate), String(one.comparisons), chart(one.elo, low, high)]));
  }

  /** @param {any} progress @param {any} report */
  #annotators(progress, report) {
    const said = new Map(report.annotators.map((/** @type {any} */ one) => [one.annotator, one]));
    return panel("Annotators", ["Annotator", "Votes", "Skips", "Held", "Open", "With the majority", "Gold", "Median time", "Left", ""], progress.annotators.map((/** @type {any} */ one) => {
      const more = said.get(one.annotator);
      return [one.annotator, String(one.votes), String(one.skips), String(one.held), String(one.open), more?.majority ? percent(more.majority.mean) : "–", more?.gold ? percent(more.gold.mean) : "–",
        more?.medianSeconds != null ? `${more.medianSeconds.toFixed(1)} s` : "–", more?.left?.share ? percent(more.left.share.mean) : "–", more?.straightLined ? el("span", { className: "flag" }, "same place") : ""];
    }));
  }
}

/** @param {string} title @param {string[]} head @param {(string | Node)[][]} rows */
function panel(title, head, rows) {
  const table = el("table", { "aria-label": title },
    el("thead", {}, el("tr", {}, ...head.map((cell) => el("th", { scope: "col" }, cell)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell, i) => (i === 0 ? el("th", { scope: "row" }, cell) : el("td", {}, cell)))))));
  return el("section", { className: "panel" }, el("h2", {}, title), el("div", { className: "scroll", tabindex: "0", role: "region", "aria-label": title }, table));
}

/** @param {Interval | null | undefined} value */
const number = (value) => (value ? `${value.mean.toFixed(2)}  [${value.ci_low.toFixed(2)}, ${value.ci_high.toFixed(2)}]` : "–");

/** @param {number | null | undefined} share */
const percent = (share) => (share == null ? "–" : `${Math.round(share * 100)} %`);

/** An interval as a line with a dot. @param {Interval | null | undefined} value @param {number} low @param {number} high */
function chart(value, low, high) {
  if (!value) return "";
  const width = 170;
  const at = (/** @type {number} */ x) => String(5 + ((Math.min(high, Math.max(low, x)) - low) / (high - low)) * (width - 10));
  const part = (/** @type {string} */ name, /** @type {Record<string, string>} */ attributes) => {
    const node = document.createElementNS(svg, name);
    for (const [key, one] of Object.entries(attributes)) node.setAttribute(key, one);
    return node;
  };
  const picture = part("svg", { viewBox: `0 0 ${width} 20`, "aria-hidden": "true" });
  picture.append(
    part("line", { class: "axis", x1: "5", x2: String(width - 5), y1: "10", y2: "10" }),
    part("line", { class: "range", x1: at(value.ci_low), x2: at(value.ci_high), y1: "10", y2: "10" }),
    part("circle", { class: "dot", cx: at(value.mean), cy: "10", r: "5" }));
  return picture;
}
