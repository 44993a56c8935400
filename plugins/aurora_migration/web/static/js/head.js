// The head of a run's page: which migration, which run, whether it goes on.
import { badge, el, fill, icon, say } from "./dom.js";
import { moment, shortMoment } from "./format.js";
import { follow, hostLink } from "./host.js";
import { toneOf } from "./states.js";

export function header(asked) {
  const name = el("h1", {}, asked.name);
  const marks = el("span");
  const about = el("p", { class: "muted small description" });
  const live = el("span", { class: "pulse", role: "status" });
  const choice = el("select", { "aria-label": "Run", onchange: choose });
  const where = el("span");
  const link = el("a", { class: "small", onclick: follow }, where, " ", icon("out"));
  const files = el("span", { class: "small", hidden: true });
  const back = asked.own ? el("a", { href: "./", class: "small" }, "All migrations") : null;
  const node = el(
    "header",
    { class: "head" },
    el("div", { class: "grow" }, back, el("div", { class: "title" }, name, marks), about),
    el("div", { class: "tools" }, live, asked.own ? choice : null, files, link),
  );
  let listed = "";

  function choose() {
    const [kind, runId] = JSON.parse(choice.value);
    window.location.search = new URLSearchParams({ migration: asked.name, kind, run_id: runId });
  }

  function update({ migration, run, runs, target }) {
    say(about, migration.description);
    fill(marks, badge(migration.type, ""), " ", run ? badge(`${run.kind}: ${run.state}`, toneOf(run.state)) : null);
    live.classList.toggle("live", Boolean(run?.active));
    say(
      live,
      run?.active
        ? "Live"
        : run
          ? `Ended ${shortMoment(run.finished_at)} UTC`
          : target.state === "ok"
            ? "Never run"
            : "",
    );
    const dag = run?.dag_id ?? migration.dag_id;
    link.href = hostLink(
      run
        ? `dags/${encodeURIComponent(dag)}/runs/${encodeURIComponent(run.run_id)}`
        : `dags/${encodeURIComponent(dag)}`,
    );
    say(where, run ? "Run in Airflow" : "DAG in Airflow");
    files.hidden = !run || run.active;
    if (run) fill(files, "Report: ", file(asked.name, run, "html"), " · ", file(asked.name, run, "json"));
    document.title = `${migration.name} – Migrations`;
    const mark = JSON.stringify([run?.run_id, runs]);
    if (mark !== listed && document.activeElement !== choice) {
      listed = mark;
      choice.hidden = runs.length === 0;
      fill(
        choice,
        runs.map((each) => option(each, run)),
      );
    }
  }

  return { node, update };
}

/** A link that keeps the run's report as a file. */
function file(name, run, form) {
  const href = `api/migrations/${name}/report?${new URLSearchParams({ run_id: run.run_id, form })}`;
  return el("a", { href, download: "", "aria-label": `Report of this run as ${form.toUpperCase()}` }, form.toUpperCase());
}

function option(each, run) {
  const value = JSON.stringify([each.kind, each.run_id]);
  const chosen = run?.run_id === each.run_id && run?.kind === each.kind;
  return el("option", { value, selected: chosen }, `${each.kind}, ${moment(each.started_at)}, ${each.state}`);
}
