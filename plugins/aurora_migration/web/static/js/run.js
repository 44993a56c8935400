// One run of a migration: what went on, what is wrong and what to do.
import { accountList } from "./accounts.js";
import { airflow, get } from "./api.js";
import { lagChart, throughputChart } from "./charts.js";
import { dmsSection } from "./dms.js";
import { el, fill } from "./dom.js";
import { differenceGroups, findingGroups, incidentGroups, replaceGroups } from "./evidence.js";
import { figures } from "./figures.js";
import { whole } from "./format.js";
import { header } from "./head.js";
import { libraries, MISSING } from "./libraries.js";
import { notice, refused, targetNotice } from "./notices.js";
import { phaseStrip } from "./phases.js";
import { poll } from "./polling.js";
import { toneOf } from "./states.js";
import { tableList } from "./tables.js";
import { tabs } from "./tabs.js";
import { judgement, laterRun } from "./verdict.js";

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
    dms: dmsSection(),
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
    fill(
      page,
      parts.head.node,
      missing,
      parts.notices,
      parts.verdict,
      parts.phases.node,
      parts.figures.node,
      charts,
      parts.dms.node,
      sheets.node,
    );
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
    sheets.node.hidden = !run.run || (run.target.as_of === null && run.target.state !== "ok");
    parts.head.update(run);
    fill(parts.verdict, judgement(run, sheets.show));
    parts.phases.update(run.phases);
    parts.figures.update(run);
    parts.throughput.node.hidden = !run.throughput && !(run.run?.kind === "migrate" && run.run.active);
    parts.throughput.update(run.throughput);
    parts.lag.update(run.lag);
    await Promise.all([tablesOf(where, run), evidenceOf(where, run), parts.dms.load(where, run)]).catch((error) =>
      fill(parts.notices, refused(error)),
    );
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
    const worst = ["blocker", "warning", "note"].find((severity) =>
      findings.some((each) => each.severity === severity),
    );
    sheets.count("findings", findings.length ? whole(findings.length) : "", toneOf(worst));
    sheets.count("differences", whole(counts.unexplained + counts.on_purpose), counts.unexplained ? "bad" : "");
    sheets.count("accounts", answer.accounts ? whole(answer.accounts.length) : "");
    sheets.count("incidents", counts.incidents ? whole(counts.incidents) : "", "warn");
  }
}

/** A run that preflight stopped has written nothing to the target; its findings are in Airflow. */
async function blocked(run) {
  const preflight = run.phases.find((phase) => phase.phase === "preflight");
  if (!["failed", "success"].includes(preflight?.state)) return []; // there is nothing to ask for yet
  const path = `dags/${encodeURIComponent(run.run.dag_id)}/dagRuns/${encodeURIComponent(run.run.run_id)}`;
  try {
    const found = await airflow(`${path}/taskInstances/preflight/xcomEntries/findings`);
    const value = typeof found.value === "string" ? JSON.parse(found.value) : found.value;
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
