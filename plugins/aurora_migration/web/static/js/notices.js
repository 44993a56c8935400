// What stands in the way, in words: a target that does not answer, a refusal, missing libraries.
import { el, icon } from "./dom.js";
import { moment } from "./format.js";

export function notice(text, tone = "warn") {
  const mark = icon({ bad: "cross", warn: "warning" }[tone] ?? "dash");
  return el("p", { class: `notice ${tone}`, role: tone === "bad" ? "alert" : "status" }, mark, el("span", {}, text));
}

/** What is to be said of a target, or null where it is well. */
export function targetNotice(target) {
  if (!target || target.state === "ok") return null;
  const since = target.as_of
    ? ` What is shown is the state of ${moment(target.as_of)} UTC.`
    : " Nothing can be shown of what it holds.";
  return notice(target.message + since, target.state === "slow" ? "warn" : "bad");
}

export function refused(error) {
  return el("div", { class: "empty", role: "alert" }, el("p", {}, error.message ?? "Something went wrong."));
}
