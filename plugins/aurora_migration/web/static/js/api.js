// The page's own JSON, and the little that is asked of Airflow's public API. Only relative addresses: Airflow may lie
// under any path.

const PATIENCE = 10_000;

/** What a request came to, in words that can be shown. */
export class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** GET api/<path>. */
export function get(path, params = {}) {
  return fetchJson(new URL(`api/${path}`, document.baseURI), params);
}

/** GET <Airflow>/api/v2/<path>, with the user's own permissions. */
export function airflow(path, params = {}) {
  return fetchJson(new URL(`../api/v2/${path}`, document.baseURI), params);
}

async function fetchJson(url, params) {
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, value);
  }
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new Refusal("unreachable", "Airflow's API server does not answer.");
  }
  if (answer.ok) return answer.json();
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 401) throw new Refusal("not-signed-in", "Your session has ended. Log in to Airflow again.");
  if (answer.status === 403) throw new Refusal("not-allowed", sentence(said.message) ?? "You may not see this.");
  throw new Refusal(said.code ?? "error", sentence(said.message) ?? `Airflow answered ${answer.status}.`);
}

function sentence(text) {
  if (typeof text !== "string" || !text) return null;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
