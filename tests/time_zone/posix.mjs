// The rules that stand at the end of TZif files: POSIX's TZ, with hours of -167 to 167 (RFC 9636).

const name = "(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)";
const time = "[+-]?\\d+(?::\\d+)?(?::\\d+)?";
const date = `M(\\d+)\\.(\\d)\\.(\\d)(?:/(${time}))?`;
const pattern = new RegExp(`^${name}(${time})(?:${name}(${time})?,${date},${date})?$`);

/**
 * `{ standard }`, or `{ standard, daylight, start, end }`: offsets east of UTC and times of day in
 * minutes, switches as `{ month, week, weekday, minute }`.
 */
export function readRule(text) {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`not a rule that can be written down: ${text}`);
  // POSIX counts west of UTC.
  const standard = -minutes(match[1]);
  if (match[3] === undefined) return { standard };
  const daylight = match[2] === undefined ? standard + 60 : -minutes(match[2]);
  return { standard, daylight, start: readSwitch(match, 3), end: readSwitch(match, 7) };
}

function readSwitch(match, at) {
  const [month, week, weekday] = match.slice(at, at + 3).map(Number);
  return { month, week, weekday, minute: minutes(match[at + 3] ?? "2") };
}

function minutes(text) {
  const [hours, minute = "0", second = "0"] = text.replace(/^[+-]/, "").split(":");
  if (Number(second) !== 0) throw new Error(`seconds: ${text}`);
  return (text.startsWith("-") ? -1 : 1) * (Number(hours) * 60 + Number(minute));
}

/** The offset in minutes at a second since 1970. */
export function offsetAt(rule, second) {
  if (rule.daylight === undefined) return rule.standard;
  const year = new Date((second + rule.standard * 60) * 1000).getUTCFullYear();
  const starts = switchAt(year, rule.start, rule.standard);
  const ends = switchAt(year, rule.end, rule.daylight);
  const isDaylight =
    starts < ends ? second >= starts && second < ends : second >= starts || second < ends;
  return isDaylight ? rule.daylight : rule.standard;
}

/** The second at which a switch happens; `before` is the offset until then. */
function switchAt(year, { month, week, weekday, minute }, before) {
  const first = new Date(Date.UTC(year, month - 1, 1));
  let day = 1 + ((weekday - first.getUTCDay() + 7) % 7) + (week - 1) * 7;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  while (day > days) day -= 7;
  return Date.UTC(year, month - 1, day) / 1000 + (minute - before) * 60;
}
