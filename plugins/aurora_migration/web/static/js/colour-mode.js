// Light or dark as Airflow is. Airflow keeps the choice as a class of its root element and in localStorage; the page
// is in a frame of the same origin and follows both. Not a module: it runs before the first paint.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");

  function hostRoot() {
    try {
      return window.parent === window ? null : window.parent.document.documentElement;
    } catch {
      return null; // framed by somebody else
    }
  }

  function isDark() {
    const host = hostRoot();
    if (host?.classList.contains("dark")) return true;
    if (host?.classList.contains("light")) return false;
    const chosen = localStorage.getItem("theme");
    return chosen === "dark" || (chosen !== "light" && system.matches);
  }

  function apply() {
    const mode = isDark() ? "dark" : "light";
    if (document.documentElement.dataset.mode === mode) return;
    document.documentElement.dataset.mode = mode;
    document.dispatchEvent(new CustomEvent("colour-mode"));
  }

  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  const host = hostRoot();
  if (host) new MutationObserver(apply).observe(host, { attributes: true, attributeFilter: ["class"] });
})();
