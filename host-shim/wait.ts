// Waiting, by the platform's timers.

/** A longer delay than this a timer cannot hold: it would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** Comes back once so many milliseconds have passed, or earlier after 24 days. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.min(Math.max(ms, 0), longestTimer));
  });
}
