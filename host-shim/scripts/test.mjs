// `npm test`: set-up, build, then every stage in turn; it ends with one line, `N passed, N failed`.
// `npm test -- --only rust,node` runs the stages named.

import { build } from "./build.mjs";
import { setup } from "./setup.mjs";
import { stages } from "./stages.mjs";
import { Stop, say, script, seconds } from "./tools.mjs";

await script(async () => {
  const chosen = choose(process.argv.slice(2));
  await setup();
  await build();
  const results = [];
  for (const { name, what, run } of chosen) {
    say(`\n=== ${name}: ${what}`);
    const start = performance.now();
    const result = await run();
    results.push({ name, time: seconds(start), passed: 0, failed: 0, ...result });
  }
  summarise(results);
});

function choose(args) {
  if (args.length === 0) return stages;
  const [flag, list = "", ...rest] = args;
  const names = stages.map(({ name }) => name);
  const wanted = list.split(",");
  if (flag !== "--only" || rest.length > 0 || wanted.some((name) => !names.includes(name))) {
    throw new Stop(`usage: npm test [-- --only STAGE,…]; the stages are ${names.join(", ")}`);
  }
  return stages.filter(({ name }) => wanted.includes(name));
}

function summarise(results) {
  say("\n=== Summary");
  for (const { name, time, passed, failed, skipped } of results) {
    const mark = failed > 0 ? "FAILED" : "";
    const outcome = skipped ? `skipped: ${skipped}` : `${passed} passed, ${failed} failed`;
    say(`${mark.padEnd(7)}${name.padEnd(13)}${time.padStart(8)}  ${outcome}`);
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  say(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  if (sum("failed") > 0) process.exitCode = 1;
}
