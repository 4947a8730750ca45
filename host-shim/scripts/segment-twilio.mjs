// Fetches Segment's own Twilio destination for the benchmark to compare with. Its package has a
// dependency that cannot be installed, so it cannot be one of ours; but the folder of its Twilio
// destination needs nothing except @segment/actions-core, which is.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { must, root, Stop, say, script, seconds, started } from "./tools.mjs";

const archive = "@segment/action-destinations@3.497.0";
const sha512 =
  "b9DztTrR1XrfBu/0UyUgTXNfv7s5gpjBPO/w7C8aW6IHsSMSMte7wNdVHzGsujJ4P43g7cKsWb5zuV2BdVn/UA==";
const wanted = "package/dist/destinations/twilio-messaging";

/** Resolves to Segment's destination, whose requests go to `fetch` instead of the network. */
export async function segmentTwilio(fetch) {
  // Inside node_modules it finds actions-core, and is gone when the packages are installed anew.
  const place = join(root, "node_modules", ".cache", "segment-twilio");
  if (!existsSync(place)) await fetchInto(place);
  const require = createRequire(join(place, wanted, "index.js"));
  // actions-core takes its fetch from this package as it loads, so it must be replaced before.
  const network = require("cross-fetch");
  const replaced = Object.assign((...args) => fetch(...args), network, { default: fetch, fetch });
  require.cache[require.resolve("cross-fetch")].exports = replaced;
  const { Destination } = require("@segment/actions-core");
  return new Destination(require("./index.js").default);
}

async function fetchInto(place) {
  const start = performance.now();
  mkdirSync(join(place, ".."), { recursive: true });
  const work = mkdtempSync(`${place}-`);
  try {
    const output = await must(
      "npm",
      ["pack", archive, "--silent", "--pack-destination", work],
      `Fetching ${archive}`,
    );
    const file = join(work, output.trim().split("\n").at(-1));
    if (createHash("sha512").update(readFileSync(file)).digest("base64") !== sha512) {
      throw new Stop(`${archive} is not the archive that was chosen: its hash differs.`);
    }
    await must("tar", ["-xzf", file, "-C", work, wanted], "Unpacking it");
    rmSync(file);
    renameSync(work, place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say(`  ${archive}: fetched in ${seconds(start)}`);
}

if (started(import.meta.url)) {
  await script(async () => {
    const { name } = await segmentTwilio(() => Promise.reject(new Error("no network here")));
    say(`  ${name}: ready`);
  });
}
