// The published program, killed at random moments. `npm run crash` does it more often.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { live, liveMany } from "./crash.js";

describe("the program, killed and started again", { concurrency: 3 }, () => {
  it("sends every row once or reports it as unknown, over 200 kills", async (test) => {
    const { kills, requests, rows, violations, told } = await liveMany({
      kills: 200,
      seed: 1,
      pace: 10,
      atOnce: 4,
    });
    test.diagnostic(told);
    assert.deepEqual(violations, []);
    assert.ok(kills >= 200, told);
    // The faults were on: some messages took more than one request.
    assert.ok(requests > rows, told);
  });

  // If these did not fail, neither would the test above, whatever it met.
  for (const sabotage of ["no-journal", "late-journal"] as const) {
    it(`is caught sending twice with ${sabotage.replace("-", " ")}`, async () => {
      const found: string[] = [];
      // On a busy machine, the kills of one life may all come too early or too late to tell.
      for (let seed = 1; seed <= 8 && found.length === 0; seed++) {
        const { violations } = await live({ seed, kills: 10, rows: 60, pace: 10, sabotage });
        found.push(...violations);
      }
      assert.match(found.join("\n"), /was sent \d+ times/);
    });
  }
});
