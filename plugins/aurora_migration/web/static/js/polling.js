// Asks again and again: every two seconds while something goes on, ever more rarely otherwise, never while nobody
// looks.

export const LIVE = 2_000;
const CALM = [5_000, 10_000, 20_000, 30_000];

/** Run `task` until the page goes; it tells whether something goes on. Returns a function that asks at once. */
export function poll(task) {
  let timer = null;
  let calm = 0;
  let running = false;
  let again = false;

  async function turn() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    running = true;
    const live = await task().catch((error) => {
      console.error(error); // a fault of the page's own; what servers refuse is shown on the page
      return false;
    });
    running = false;
    calm = live ? 0 : calm + 1;
    const wait = live ? LIVE : CALM[Math.min(calm - 1, CALM.length - 1)];
    if (again) {
      again = false;
      turn();
    } else if (!document.hidden) {
      timer = setTimeout(turn, wait);
    }
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : turn()));
  turn();
  return turn;
}
