// @ts-check

/** What the server says against a request, or that it could not be reached (status 0). */
export class ApiError extends Error {
  /** @param {number} status @param {string} message @param {string} [signIn] */
  constructor(status, message, signIn) {
    super(message);
    this.status = status;
    this.signIn = signIn;
  }

  /** Whether trying again later may help. */
  get isPassing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

const longest = 20_000;

/** The HTTP API. */
export class Api {
  /** @type {string | null} */
  csrf = null;
  /** Signs in again by itself where it can; gives whether it did. @type {() => Promise<boolean>} */
  renew = async () => false;

  /** @param {string} path @returns {Promise<any>} */
  get(path) {
    return this.#send("GET", path);
  }

  /** @param {string} path @param {unknown} body @returns {Promise<any>} */
  post(path, body) {
    return this.#send("POST", path, body);
  }

  /** @param {string} path @returns {Promise<any>} */
  remove(path) {
    return this.#send("DELETE", path);
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @param {boolean} [again] @returns {Promise<any>} */
  async #send(method, path, body, again = false) {
    /** @type {Record<string, string>} */
    const headers = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET" && this.csrf) headers["X-CSRF"] = this.csrf;
    /** @type {Response} */
    let response;
    try {
      response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin", signal: AbortSignal.timeout(longest) });
    } catch {
      throw new ApiError(0, "no connection to the server");
    }
    if (response.ok) return response.status === 204 ? null : await this.#json(response);
    const problem = await this.#json(response).catch(() => null);
    const isSession = path === "/api/session";
    // Another tab may have signed in: the session is another one then, with another secret for writes.
    if (!isSession && !again && (response.status === 401 || response.status === 403) && (await this.renew())) return this.#send(method, path, body, true);
    throw new ApiError(response.status, problem?.detail ?? `the server answered ${response.status}`, problem?.signIn);
  }

  /** @param {Response} response */
  async #json(response) {
    try {
      return await response.json();
    } catch {
      throw new ApiError(0, "the connection broke");
    }
  }
}
