// Started anew for each measurement: how long it takes from here to the first decision, in
// milliseconds. Arguments: who decides; as JSON, the settings and the event.

const start = performance.now();
let decided = start;
const [who, settings, event] = process.argv.slice(2);

if (who === "ours") {
  const { createDestination } = await import("twilio-destination");
  const host = { fetch, now: Date.now };
  const [decision] = createDestination(JSON.parse(settings), host).decide(JSON.parse(event));
  if (decision?.type !== "send") throw new Error("nothing would be sent");
  decided = performance.now();
} else {
  const { segmentTwilio } = await import("../../host-shim/scripts/segment-twilio.mjs");
  const destination = await segmentTwilio(() => {
    decided = performance.now();
    return Promise.reject(new TypeError("no network here"));
  });
  await destination.onEvent(JSON.parse(event), JSON.parse(settings)).catch(() => {});
  if (decided === start) throw new Error("nothing would be sent");
}

process.stdout.write(JSON.stringify(decided - start));
