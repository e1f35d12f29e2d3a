/** Calls a function soon, and no more often than a pane needs: a growing tree changes all the time. */

let waiting = 0;

/** Whether all that was asked for so has been done. For tests. */
export const nothingWaits = () => waiting === 0;

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
    if (timer) waiting -= 1;
    timer = 0;
    last = performance.now();
    work();
  };
  return (now = false) => {
    if (now) run();
    else if (!timer) {
      waiting += 1;
      timer = setTimeout(run, Math.max(0, last + pause - performance.now()));
    }
  };
}
