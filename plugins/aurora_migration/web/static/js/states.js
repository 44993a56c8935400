// One tone and one icon for each state, whoever says it: good, bad, warn, live or idle.

const TONES = {
  success: "good",
  proved: "good",
  equal: "good",
  loaded: "good",
  strict: "good",
  failed: "bad",
  "not proved": "bad",
  differs: "bad",
  missing: "bad",
  extra: "bad",
  stopped: "bad",
  blocker: "bad",
  "not compared": "warn",
  "equal value, degraded type": "warn",
  retrying: "warn",
  warning: "warn",
  paused: "warn",
  "waiting for a person": "warn",
  running: "live",
  loading: "live",
  queued: "live",
};

const ICONS = { good: "check", bad: "cross", warn: "warning", live: "dot", idle: "dash" };

export function toneOf(state) {
  return TONES[state] ?? "idle";
}

export function iconOf(state) {
  return state === "waiting for a person" ? "person" : ICONS[toneOf(state)];
}
