// Ways into Airflow around the page. The frame may not navigate the window it is in, so a link is clicked there.

/** An anchor to a page of Airflow, by its path below Airflow's base. */
export function hostLink(path) {
  return new URL(`../${path}`, document.baseURI).href;
}

/** Follow a link to Airflow in the window around the frame. */
export function follow(event) {
  const target = event.currentTarget.href;
  if (window.parent === window || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const anchor = window.parent.document.createElement("a");
    anchor.href = target;
    window.parent.document.body.append(anchor);
    anchor.click();
    anchor.remove();
  } catch {
    window.location.assign(target);
  }
}
