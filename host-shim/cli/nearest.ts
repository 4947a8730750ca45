/** The candidate that is most likely meant by a mistyped name, if one is close enough. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    const edits = distance(name.slice(0, longestName), candidate);
    const few = edits <= Math.max(1, Math.floor(candidate.length / 3));
    if (few && edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** The distance is quadratic, and a name may be anything. */
const longestName = 64;

/** How many letters have to be added, removed or changed. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
