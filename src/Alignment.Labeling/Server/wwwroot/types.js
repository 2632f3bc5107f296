// @ts-check
// What the HTTP API sends and takes (docs/labelling.md, "The page").

/** @typedef {{html: string, text: string}} ShownText */
/** @typedef {{role: string, html: string, text: string}} ShownMessage */
/** @typedef {{html: string, text: string, messages?: ShownMessage[]}} ShownPrompt */
/** @typedef {{annotator: string, choice: string, ranking?: number[], strength?: number, comment?: string, seconds?: number}} ShownVote */
/** @typedef {{task: string, prompt: ShownPrompt, answers: ShownText[], order: number[], held?: string, heldSeconds?: number, votes?: ShownVote[]}} TaskItem */
/** @typedef {{tasks: number, done: number, votes: number, skips: number, open: number}} OwnProgress */
/** @typedef {{annotator: string, role: "annotator" | "admin", csrf: string, project: string, signIn: string, guidelines?: string}} Session */
/** @typedef {{id: string, task: string, choice: number | "tie" | "both_bad" | "skip", ranking?: number[], strength?: number, comment?: string, seconds?: number, shown: number[], at: string}} Vote */
/** @typedef {{id: string, status: "saved" | "repeated" | "idTaken" | "alreadyVoted" | "unknown" | "invalid", problem?: string}} Receipt */
/** @typedef {Pick<Vote, "choice" | "ranking" | "strength" | "comment">} Decision */

export {};
