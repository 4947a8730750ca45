// A program that adds marks to a journal until it is killed, and writes a line for each that was
// answered for. Arguments: the file, and the first mark.

import { openJournal } from "../../host-shim/stores/journal/journal.js";
import { add, apply } from "./support.js";

const [path = "", first = ""] = process.argv.slice(2);
const journal = await openJournal(path, { apply, slack: 3_000 });
process.stdout.write("open\n");
for (let mark = Number(first); ; mark += 3) {
  const adding = [0, 1, 2].map(async (more) => {
    const key = `key ${(mark + more) % 2}`;
    await add(journal, key, String(mark + more));
    process.stdout.write(`${mark + more}\n`);
  });
  await Promise.all(adding);
}
