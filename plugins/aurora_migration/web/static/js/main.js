// Which page this is: all migrations, or one. Airflow's tabs give a DAG (and a run), the page's own links a migration.
import { el, fill } from "./dom.js";
import { showList } from "./list.js";
import { showRun } from "./run.js";

const DAG = /^([a-z][a-z0-9_-]{0,47})\.([a-z_]+)$/;

function start() {
  const page = document.getElementById("page");
  const asked = new URLSearchParams(window.location.search);
  const dagId = asked.get("dag_id");
  const runId = asked.get("run_id");
  const table = asked.get("table");
  if (dagId === null) {
    const name = asked.get("migration");
    return name ? showRun(page, { name, runId, kind: asked.get("kind"), table, own: true }) : showList(page);
  }
  const parts = DAG.exec(dagId);
  if (parts) return showRun(page, { name: parts[1], runId, kind: parts[2], table, own: false });
  return fill(page, noMigration(dagId));
}

/** What the tab shows on a DAG that is none of ours. */
export function noMigration(dagId) {
  return el(
    "div",
    { class: "empty" },
    el("p", {}, el("code", {}, dagId), " is not the DAG of a migration."),
    el(
      "p",
      { class: "small" },
      "The DAGs of a migration are called after its file: <name>.migrate, <name>.verify and so on.",
    ),
  );
}

start();
