// One run of a migration: what went on, what is wrong and what to do.
import { accountList } from "./accounts.js";
import { airflow, get } from "./api.js";
import { lagChart, throughputChart } from "./charts.js";
import { badge, el, fill, icon, say } from "./dom.js";
import { differenceGroups, findingGroups, incidentGroups, replaceGroups } from "./evidence.js";
import { figures } from "./figures.js";
import { many, moment, shortMoment, title, whole } from "./format.js";
import { follow, hostLink } from "./host.js";
import { libraries, MISSING } from "./libraries.js";
import { notice, refused, targetNotice } from "./notices.js";
import { phaseStrip } from "./phases.js";
import { poll } from "./polling.js";
import { toneOf } from "./states.js";
import { tableList } from "./tables.js";
import { tabs } from "./tabs.js";

/** `asked`: {name, runId, kind, table, own}; table: what to filter by; own: the page has the window of its own, and not a tab of a DAG. */
export async function showRun(page, asked) {
  const { Tabulator, Chart } = await libraries();
  const parts = {
    head: header(asked),
    notices: el("div", { class: "stack", "aria-live": "polite" }),
    verdict: el("div"),
    phases: phaseStrip(),
    figures: figures(),
    throughput: throughputChart(Chart),
    lag: lagChart(Chart),
    tables: tableList(Tabulator, asked.table ?? ""),
    findings: el("div"),
    differences: el("div"),
    accounts: el("div"),
    incidents: el("div"),
  };
  const sheets = tabs("Details of the run", [
    { id: "tables", title: "Tables", node: parts.tables.node },
    { id: "findings", title: "Findings", node: parts.findings },
    { id: "differences", title: "Differences", node: parts.differences },
    { id: "accounts", title: "Accounts", node: parts.accounts },
    { id: "incidents", title: "Incidents", node: parts.incidents },
  ]);
  const missing = Tabulator && Chart ? null : notice(MISSING, "bad");
  const state = { shown: false, digest: "", evidence: "", blocked: null };

  function lay() {
    const charts = el("div", { class: "charts" }, parts.throughput.node, parts.lag.node);
    fill(page, parts.head.node, missing, parts.notices, parts.verdict, parts.phases.node, parts.figures.node, charts, sheets.node);
    state.shown = true;
  }

  poll(async () => {
    const where = `migrations/${encodeURIComponent(asked.name)}`;
    let run;
    try {
      run = await get(where, { run_id: asked.runId, kind: asked.kind });
      if (!state.shown) lay();
    } catch (error) {
      if (state.shown) fill(parts.notices, refused(error));
      else fill(page, refused(error));
      return false;
    }
    fill(parts.notices, targetNotice(run.target), laterRun(run));
    parts.head.update(run);
    fill(parts.verdict, judgement(run, sheets.show));
    parts.phases.update(run.phases);
    parts.figures.update(run);
    parts.throughput.node.hidden = !run.throughput && !(run.run?.kind === "migrate" && run.run.active);
    parts.throughput.update(run.throughput);
    parts.lag.update(run.lag);
    await Promise.all([tablesOf(where, run), evidenceOf(where, run)]).catch((error) => fill(parts.notices, refused(error)));
    return run.run?.active || run.target.state === "slow";
  });

  async function tablesOf(where, run) {
    const answer = await get(`${where}/tables`, { run_id: run.run?.run_id, known: state.digest });
    if (!answer.rows) return;
    state.digest = answer.digest;
    parts.tables.update(answer);
    sheets.count("tables", whole(parts.tables.known()));
  }

  async function evidenceOf(where, run) {
    if (!run.run) return;
    const mark = JSON.stringify([run.run.run_id, run.counts, run.phases.map((phase) => phase.state)]);
    if (mark === state.evidence) return;
    const answer = await get(`${where}/evidence`, { run_id: run.run.run_id });
    if (!answer.findings) return;
    const findings = run.run.recorded ? answer.findings : await blocked(run);
    replaceGroups(parts.findings, findingGroups(findings, "Nothing has been found that is worth telling."));
    replaceGroups(parts.differences, differenceGroups(answer.differences, run.counts));
    fill(parts.accounts, accountList(answer.accounts));
    replaceGroups(parts.incidents, incidentGroups(answer.incidents));
    count(findings, run.counts, answer);
    state.evidence = mark;
  }

  function count(findings, counts, answer) {
    const worst = ["blocker", "warning", "note"].find((severity) => findings.some((each) => each.severity === severity));
    sheets.count("findings", findings.length ? whole(findings.length) : "", toneOf(worst));
    sheets.count("differences", whole(counts.unexplained + counts.on_purpose), counts.unexplained ? "bad" : "");
    sheets.count("accounts", answer.accounts ? whole(answer.accounts.length) : "");
    sheets.count("incidents", counts.incidents ? whole(counts.incidents) : "", "warn");
  }
}

/** A run that preflight stopped has written nothing to the target; its findings are in Airflow. */
async function blocked(run) {
  if (run.run.kind !== "migrate") return [];
  const path = `dags/${encodeURIComponent(run.run.dag_id)}/dagRuns/${encodeURIComponent(run.run.run_id)}`;
  try {
    const found = await airflow(`${path}/taskInstances/preflight/xcomEntries/findings`);
    const value = typeof found.value === "string" ? JSON.parse(found.value) : found.value;
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function header(asked) {
  const name = el("h1", {}, asked.name);
  const marks = el("span");
  const about = el("p", { class: "muted small description" });
  const live = el("span", { class: "pulse", role: "status" });
  const choice = el("select", { "aria-label": "Run", onchange: choose });
  const link = el("a", { class: "small", onclick: follow }, "Run in Airflow ", icon("out"));
  const back = asked.own ? el("a", { href: "./", class: "small" }, "All migrations") : null;
  const node = el(
    "header",
    { class: "head" },
    el("div", { class: "grow" }, back, el("div", { class: "title" }, name, marks), about),
    el("div", { class: "tools" }, live, asked.own ? choice : null, link),
  );
  let listed = "";

  function choose() {
    const [kind, runId] = JSON.parse(choice.value);
    window.location.search = new URLSearchParams({ migration: asked.name, kind, run_id: runId });
  }

  function update({ migration, run, runs }) {
    say(about, migration.description);
    fill(marks, badge(migration.type, ""), " ", run ? badge(`${run.kind}: ${run.state}`, toneOf(run.state)) : null);
    live.classList.toggle("live", Boolean(run?.active));
    say(live, run?.active ? "Live" : run ? `Ended ${shortMoment(run.finished_at)} UTC` : "Never run");
    const dag = run?.dag_id ?? migration.dag_id;
    link.href = hostLink(run ? `dags/${encodeURIComponent(dag)}/runs/${encodeURIComponent(run.run_id)}` : `dags/${encodeURIComponent(dag)}`);
    document.title = `${migration.name} – Migrations`;
    const mark = JSON.stringify([run?.run_id, runs]);
    if (mark !== listed && document.activeElement !== choice) {
      listed = mark;
      choice.hidden = runs.length === 0;
      fill(choice, runs.map((each) => option(each, run)));
    }
  }

  return { node, update };
}

function option(each, run) {
  const value = JSON.stringify([each.kind, each.run_id]);
  const chosen = run?.run_id === each.run_id && run?.kind === each.kind;
  return el("option", { value, selected: chosen }, `${each.kind}, ${moment(each.started_at)}, ${each.state}`);
}

/** Chunks belong to the migration and are written anew: of an older run they tell nothing any more. */
function laterRun({ run }) {
  if (!run || run.newest || run.kind === "sync") return null;
  return notice("A later run exists. Rows, sizes and states of tables are as they are now; verdicts, findings and differences are this run's.", "");
}

function judgement({ run, counts, target, migration }, show) {
  if (!run) {
    if (target.state !== "ok") return null;
    return el(
      "div",
      { class: "empty" },
      el("p", {}, "This migration has never run."),
      el("p", { class: "small" }, "Trigger ", el("code", {}, migration.dag_id), "; a dry run shows findings and plan and writes nothing."),
    );
  }
  const [tone, words, more, sheet] = verdict(run, counts);
  if (!words) return null;
  const mark = icon({ good: "check", bad: "cross" }[tone] ?? "dash");
  const jump = sheet && el("button", { type: "button", class: "jump", onclick: () => show(sheet) }, `Show ${sheet}`);
  return el("div", { class: `verdict ${tone}`, role: "status" }, mark, el("strong", {}, words), el("span", { class: "more" }, more), jump);
}

function verdict(run, counts) {
  if (run.active) return ["live", run.state === "queued" ? "Waiting for a free slot." : null, ""];
  if (run.verdict === "proved") {
    const meant = counts.on_purpose ? `${many(counts.on_purpose, "object was", "objects were")} changed on purpose, each under a rule.` : "";
    return ["good", "Proved: the target equals the source.", meant];
  }
  if (run.verdict === "not proved") {
    const found = counts.unexplained ? `${many(counts.unexplained, "difference")} without a rule.` : "See the phases that did not succeed.";
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
