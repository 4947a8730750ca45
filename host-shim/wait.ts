// Waiting, by the platform's timers.

/** A longer delay than this a timer cannot hold: it would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** Comes back once so many milliseconds have passed, after 24 days, or once the signal aborts. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const delay = signal?.aborted ? 0 : Math.min(Math.max(ms, 0), longestTimer);
    const timer = setTimeout(done, delay);
    signal?.addEventListener("abort", done);
  });
}
