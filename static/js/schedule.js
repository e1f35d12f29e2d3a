/** Calls a function soon, and no more often than a pane needs: a growing tree changes all the time. */

/**
 * @param {() => void} work
 * @param {number} pause least milliseconds between two calls
 * @returns {(now?: boolean) => void} asks for a call; `true`: at once
 */
export function coalesced(work, pause = 160) {
  let timer = 0;
  let last = -Infinity;
  const run = () => {
    clearTimeout(timer);
    timer = 0;
    last = performance.now();
    work();
  };
  return (now = false) => {
    if (now) run();
    else if (!timer) timer = setTimeout(run, Math.max(0, last + pause - performance.now()));
  };
}
