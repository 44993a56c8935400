// What a run came to, in one sentence, and the way to what is wrong.
import { el, icon } from "./dom.js";
import { duration, many, moment, title } from "./format.js";
import { follow, hostLink } from "./host.js";
import { notice } from "./notices.js";

/** Chunks belong to the migration and are written anew: of an older run they tell nothing any more. */
export function laterRun({ run }) {
  if (!run || run.newest || run.kind === "sync") return null;
  return notice(
    "A later run exists. Rows, sizes and states of tables are as they are now; verdicts, findings and differences are this run's.",
    "",
  );
}

export function judgement({ run, counts, target, migration, phases, cutover }, show) {
  if (!run) {
    if (target.state !== "ok") return null;
    return el(
      "div",
      { class: "empty" },
      el("p", {}, "This migration has never run."),
      el(
        "p",
        { class: "small" },
        "Trigger ",
        el("code", {}, migration.dag_id),
        "; a dry run shows findings and plan and writes nothing.",
      ),
    );
  }
  const waiting = phases.find((phase) => phase.state === "waiting for a person");
  if (waiting) return question(run, waiting);
  const [tone, words, more, sheet] = cutover ? ofCutover(run, cutover, counts) : verdict(run, counts);
  if (!words) return null;
  const jump = sheet && el("button", { type: "button", class: "jump", onclick: () => show(sheet) }, `Show ${sheet}`);
  return banner(tone, { good: "check", bad: "cross" }[tone] ?? "dash", words, more, jump);
}

function banner(tone, mark, words, more, jump) {
  return el(
    "div",
    { class: `verdict ${tone}`, role: "status" },
    icon(mark),
    el("strong", {}, words),
    el("span", { class: "more" }, more),
    jump,
  );
}

/** A task that waits for a person: Airflow asks the question, the page shows the way there. */
function question(run, phase) {
  const task = phase.phase.replaceAll("-", "_");
  const path = ["dags", run.dag_id, "runs", run.run_id, "tasks", task].map(encodeURIComponent).join("/");
  const way = el(
    "a",
    { class: "jump", href: hostLink(`${path}/required_actions`), onclick: follow },
    "Read the facts and answer ",
    icon("out"),
  );
  return banner(
    "warn",
    "person",
    "Waiting for a person.",
    "Nothing is changed before somebody approves; no answer in time means no.",
    way,
  );
}

function ofCutover(run, cutover, counts) {
  const side = cutover.direction === "back" ? "source" : "target";
  const approved = `Approved by ${cutover.approved_by}.`;
  const without = cutover.downtime_seconds === null ? "" : ` ${duration(cutover.downtime_seconds)} without writes.`;
  if (cutover.state === "open") return ["good", `Cut over: the applications write to the ${side}.`, approved + without];
  if (cutover.state === "handed-over") return ["live", `Handed over: the ${side} is being opened.`, approved];
  if (cutover.state === "released") {
    if (!cutover.approved_by && run.state === "failed")
      return ["bad", "No cutover: nothing was changed.", "The log of the failed task says why."];
    return cutover.approved_by
      ? ["bad", "Undone: the applications write where they wrote before.", `${approved}${without} The findings and the log of the failed task say why.`]
      : ["idle", "Not approved: nothing was changed.", ""];
  }
  if (!cutover.blocked_at) return run.active ? ["live", null, ""] : verdict(run, counts);
  return ["warn", "Writes are blocked.", `${approved} Since ${moment(cutover.blocked_at)} UTC.`];
}

function verdict(run, counts) {
  if (run.active) return ["live", run.state === "queued" ? "Waiting for a free slot." : null, ""];
  if (run.verdict === "proved") {
    const meant = counts.on_purpose
      ? `${many(counts.on_purpose, "object was", "objects were")} changed on purpose, each under a rule.`
      : "";
    return ["good", "Proved: the target equals the source.", meant];
  }
  if (run.verdict === "not proved") {
    const found = counts.unexplained
      ? `${many(counts.unexplained, "difference")} without a rule.`
      : "See the phases that did not succeed.";
    return ["bad", "Not proved.", found, counts.unexplained ? "differences" : null];
  }
  if (!run.recorded && run.state === "failed") {
    const migrates = run.kind === "migrate";
    return migrates
      ? ["bad", "Stopped before anything was written.", "The findings say what to change.", "findings"]
      : ["bad", "Stopped before it began.", "The log of the failed task says why."];
  }
  if (!run.recorded) return ["idle", "Nothing was written by this run.", "It was a dry run, or it recorded nothing."];
  if (run.kind === "cutover" && run.state === "failed" && counts.blocker)
    return ["bad", "Not ready: nothing was changed.", "The findings say what to do.", "findings"];
  if (run.state === "failed") return ["bad", `${title(run.kind)} failed.`, "The log of the failed task says why."];
  return ["good", null, ""];
}
