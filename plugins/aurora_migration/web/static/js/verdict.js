// What a run came to, in one sentence, and the way to what is wrong.
import { el, icon } from "./dom.js";
import { many, title } from "./format.js";
import { notice } from "./notices.js";

/** Chunks belong to the migration and are written anew: of an older run they tell nothing any more. */
export function laterRun({ run }) {
  if (!run || run.newest || run.kind === "sync") return null;
  return notice(
    "A later run exists. Rows, sizes and states of tables are as they are now; verdicts, findings and differences are this run's.",
    "",
  );
}

export function judgement({ run, counts, target, migration }, show) {
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
  const [tone, words, more, sheet] = verdict(run, counts);
  if (!words) return null;
  const mark = icon({ good: "check", bad: "cross" }[tone] ?? "dash");
  const jump = sheet && el("button", { type: "button", class: "jump", onclick: () => show(sheet) }, `Show ${sheet}`);
  return el(
    "div",
    { class: `verdict ${tone}`, role: "status" },
    mark,
    el("strong", {}, words),
    el("span", { class: "more" }, more),
    jump,
  );
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
  if (run.state === "failed") return ["bad", `${title(run.kind)} failed.`, "The log of the failed task says why."];
  return ["good", null, ""];
}
