// @ts-check
/** @import { Api, ApiError } from "./api.js" */
/** @import { Session } from "./types.js" */
import { el, remember } from "./dom.js";

/**
 * Asks who is there.
 * @param {HTMLElement} main @param {Api} api
 * @param {{needs: string, token: string, message?: string}} options what signing in takes, and a token out of the address
 * @returns {Promise<Session>}
 */
export function signIn(main, api, options) {
  return new Promise((resolve) => {
    const asksName = options.needs === "name";
    const name = el("input", { id: "name", autocomplete: "username", maxlength: "100", required: true, spellcheck: "false" });
    name.value = remember("name") ?? "";
    const token = el("input", { id: "token", type: "password", autocomplete: "current-password", spellcheck: "false", required: true });
    token.value = options.token;
    const error = el("p", { className: "error", role: "alert" }, options.message ?? "");
    const send = async (/** @type {Event} */ event) => {
      event.preventDefault();
      error.textContent = "";
      try {
        const session = await api.post("/api/session", asksName ? { annotator: name.value, token: options.token || undefined } : { token: token.value });
        remember("name", session.annotator);
        resolve(session);
      } catch (e) {
        const problem = /** @type {ApiError} */ (e).message;
        error.textContent = `${problem[0].toUpperCase()}${problem.slice(1)}.`;
      }
    };
    const field = asksName
      ? el("div", { className: "field" }, el("label", { for: "name" }, "Your name"), name)
      : el("div", { className: "field" }, el("label", { for: "token" }, "Your token"), token);
    const text = asksName
      ? options.token ? "This link makes you an admin: you also settle split tasks and see everybody’s progress." : "Your votes are kept under your name. Take the same one every time."
      : "Whoever runs this page gave you one.";
    main.replaceChildren(el("form", { className: "centre", id: "sign-in", onsubmit: send }, el("h1", {}, "Which answer is better?"), el("p", {}, text), field,
      el("button", { className: "primary", type: "submit" }, "Start"), error));
    (asksName ? name : token).focus();
    if (!asksName && options.token && !options.message) void send(new Event("submit"));
  });
}
