// The vendored libraries. A checkout without them still shows everything that needs none, and says what is missing.

export const MISSING =
  "The page's libraries are not installed, so tables and charts cannot be drawn. Run `make setup` where Airflow's plugins are, then reload.";

async function load(path, name) {
  try {
    return (await import(path))[name];
  } catch {
    return null;
  }
}

/** {Tabulator, Chart}; either is null where it is not installed. */
export async function libraries() {
  const [Tabulator, Chart] = await Promise.all([
    load("../vendor/tabulator.js", "TabulatorFull"),
    load("../vendor/uplot.js", "default"),
  ]);
  return { Tabulator, Chart };
}
