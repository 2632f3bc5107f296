// @ts-check
/** @import { Session } from "./types.js" */
import { AdjudicateView } from "./adjudicate-view.js";
import { AdminView } from "./admin-view.js";
import { Api, ApiError } from "./api.js";
import { byId, notice, remember, say } from "./dom.js";
import { showHelp, toggleHelp } from "./help.js";
import { LabelView } from "./label-view.js";
import { VoteQueue } from "./queue.js";
import { setHtml } from "./safe-html.js";
import { signIn } from "./sign-in.js";

const api = new Api();
const main = byId("main");
/** @type {Session | null} */
let session = null;
/** @type {VoteQueue | null} */
let queue = null;
/** @type {LabelView | AdjudicateView | AdminView | null} */
let view = null;
let isAsking = false;

async function start() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  if (token) history.replaceState(null, "", location.pathname);
  try {
    const known = await api.get("/api/session");
    if (token) await ask({ needs: known.signIn, token });
    else enter(known);
  } catch (e) {
    const error = /** @type {ApiError} */ (e);
    if (error.status === 401) await ask({ needs: error.signIn ?? "name", token });
    else notice(`The server does not answer: ${error.message}.`, { action: "Try again", run: start });
  }
}

/** @param {{needs: string, token: string, message?: string}} options */
async function ask(options) {
  if (isAsking) return;
  isAsking = true;
  leave();
  enter(await signIn(main, api, options));
}

function leave() {
  view?.close();
  queue?.close();
  view = queue = session = null;
  for (const id of ["views", "guidelines-button", "sign-out", "save-state", "guidelines"]) byId(id).hidden = true;
}

/** @param {Session} given */
function enter(given) {
  isAsking = false;
  session = given;
  api.csrf = given.csrf;
  document.title = `${given.project} – labelling`;
  byId("project").textContent = given.project;
  byId("views").hidden = given.role !== "admin";
  byId("sign-out").hidden = false;
  byId("sign-out").title = `Signed in as ${given.annotator}`;
  guidelines(given);
  queue = new VoteQueue(api, `${given.project}:${given.annotator}`, {
    changed: showQueue,
    saved: () => say("Saved"),
    refused: (vote, reason) => notice(`A vote was not taken: ${reason}.`),
    signIn: (error) => void ask({ needs: error.signIn ?? "name", token: "", message: "Your session has ended. Sign in again; votes that wait are kept." }),
  });
  show("label");
}

/** @param {string} name */
function show(name) {
  if (!queue) return;
  view?.close();
  notice();
  view = name === "admin" ? new AdminView(main, api) : name === "adjudicate" ? new AdjudicateView(main, api, queue) : new LabelView(main, api, queue);
  for (const button of document.querySelectorAll("#views button")) {
    if (/** @type {HTMLElement} */ (button).dataset.view === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  void view.open();
}

function showQueue() {
  const chip = byId("save-state");
  const waiting = queue?.size ?? 0;
  const isStuck = queue?.isStuck ?? false;
  if (waiting === 0 && chip.hidden) return; // before the first vote there is nothing to say
  chip.hidden = false;
  chip.dataset.state = waiting === 0 ? "saved" : isStuck ? "waiting" : "saving";
  chip.textContent = waiting === 0 ? "Saved" : isStuck ? `${waiting} waiting` : "Saving…";
  if (waiting > 0 && isStuck) say(`No connection. ${waiting} waiting`);
}

/** @param {Session} given */
function guidelines(given) {
  byId("guidelines-button").hidden = !given.guidelines;
  if (!given.guidelines) return;
  setHtml(byId("guidelines-text"), given.guidelines);
  const key = `read:${given.project}:${given.annotator}`;
  if (!remember(key)) {
    remember(key, "yes");
    openGuidelines(matchMedia("(min-width: 60rem)").matches, false);
  }
}

/** @type {Element | null} */
let beforeGuidelines = null;

/** @param {boolean} isOpen @param {boolean} takesFocus */
function openGuidelines(isOpen, takesFocus = true) {
  const pane = byId("guidelines");
  if (isOpen) beforeGuidelines = document.activeElement;
  const isInside = pane.contains(document.activeElement);
  pane.hidden = !isOpen;
  byId("guidelines-button").setAttribute("aria-expanded", String(isOpen));
  if (isOpen && takesFocus) byId("guidelines-close").focus();
  // Back to where the keys were, so that Enter goes on confirming.
  if (!isOpen && isInside) (beforeGuidelines?.isConnected && beforeGuidelines !== document.body ? /** @type {HTMLElement} */ (beforeGuidelines) : main).focus();
}

function switchTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  remember("theme", root.dataset.theme);
  say(`${root.dataset.theme} colours`);
}

async function signOut() {
  await queue?.flush();
  try {
    await api.remove("/api/session");
  } catch (e) {
    if (/** @type {ApiError} */ (e).status === 0) {
      notice("Signing out needs a connection.");
      return;
    }
  }
  location.reload();
}

// A server that was started again knows nobody; where a name is enough the page gives it again. Another tab may have signed in as well.
api.renew = async () => {
  const before = session;
  if (!before) return false;
  try {
    let now = /** @type {Session | null} */ (await api.get("/api/session").catch((e) => {
      if (/** @type {ApiError} */ (e).status === 401 && e.signIn === "name") return null;
      throw e;
    }));
    now ??= await api.post("/api/session", { annotator: before.annotator });
    if (!now || now.annotator !== before.annotator || now.csrf === before.csrf) return false;
    session = now;
    api.csrf = now.csrf;
    byId("views").hidden = now.role !== "admin";
    return true;
  } catch {
    return false;
  }
};

addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const isWriting = target.matches("input, textarea");
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    if (isWriting) target.blur();
    else if (!byId("guidelines").hidden) openGuidelines(false);
    return;
  }
  if (isWriting) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) view?.confirm();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !session) return;
  if (event.key === "?") {
    toggleHelp();
    event.preventDefault();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "g" && session.guidelines) openGuidelines(byId("guidelines").hidden);
  else if (!view?.key(event)) return;
  event.preventDefault();
});

byId("help-button").addEventListener("click", showHelp);
byId("theme-button").addEventListener("click", switchTheme);
byId("sign-out").addEventListener("click", signOut);
byId("guidelines-button").addEventListener("click", () => openGuidelines(byId("guidelines").hidden));
byId("guidelines-close").addEventListener("click", () => openGuidelines(false));
byId("views").addEventListener("click", (event) => {
  const name = /** @type {HTMLElement} */ (event.target).dataset.view;
  if (name) show(name);
});
void start();
