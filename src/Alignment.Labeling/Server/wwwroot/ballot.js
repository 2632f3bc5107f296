// @ts-check
/** @import { Decision } from "./types.js" */

/** What is chosen so far on one task. No element of the page is known here. */
export class Ballot {
  /** @type {"tie" | "both_bad" | null} */
  word = null;
  /** Places, the best first. @type {number[]} */
  ranking = [];
  /** @type {number | null} */
  strength = null;
  comment = "";

  /** @param {number} count */
  constructor(count) {
    this.count = count;
  }

  get isPair() {
    return this.count === 2;
  }

  /** Names a place: of two it is the better one, of more it is the next in the ranking, or is taken out of it. @param {number} place */
  choose(place) {
    this.word = null;
    if (this.isPair) this.ranking = [place];
    else if (this.ranking.includes(place)) this.ranking = this.ranking.filter((one) => one !== place);
    else this.ranking = [...this.ranking, place];
  }

  /** @param {"tie" | "both_bad"} word */
  call(word) {
    this.word = word;
    this.ranking = [];
    this.strength = null;
  }

  /** @param {number} strength */
  weigh(strength) {
    if (this.isPair && this.ranking.length > 0) this.strength = this.strength === strength ? null : strength;
  }

  /** Why it cannot be confirmed yet; null when it can. */
  get missing() {
    if (this.word || this.ranking.length === 1 || this.ranking.length >= this.count - 1) return null;
    return this.ranking.length === 0
      ? this.isPair ? "Choose an answer, tie or both bad first." : "Choose the best answer, tie or all bad first."
      : `Rank all ${this.count} answers, or only the best one.`;
  }

  /** @returns {Decision} */
  decide() {
    const comment = this.comment.trim() || undefined;
    if (this.word) return { choice: this.word, comment };
    const rest = Array.from({ length: this.count }, (_, place) => place).filter((place) => !this.ranking.includes(place));
    const isRanked = !this.isPair && this.ranking.length >= this.count - 1;
    return { choice: this.ranking[0], ranking: isRanked ? [...this.ranking, ...rest] : undefined, strength: this.strength ?? undefined, comment };
  }

  /** In words. */
  get words() {
    const strengths = ["", "slightly better", "better", "much better"];
    if (this.word) return this.word === "tie" ? "Tie" : this.isPair ? "Both bad" : "All bad";
    if (this.ranking.length === 0) return "";
    if (this.isPair) return `${name(this.ranking[0], 2)} is ${strengths[this.strength ?? 2]}`;
    return this.ranking.length === 1 ? `${name(this.ranking[0], this.count)} is best` : this.ranking.map((place) => place + 1).join(" › ");
  }
}

/** An answer's name: letters for two, because the number keys mean the strength there. @param {number} place @param {number} count */
export const name = (place, count) => (count === 2 ? "AB"[place] : String(place + 1));
