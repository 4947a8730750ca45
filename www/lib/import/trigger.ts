// Segment's filters as triggers. Both are the same language, but Segment's evaluator reads some of
// it in ways of its own: src/trigger/mod.rs lists them.

/** What a filter is made of, outside of texts. */
const path = String.raw`(?:(?:properties|traits|context)(?:\.[A-Za-z_][\w]*)+|event|name|userId)`;
const text = String.raw`"[^"\\]*"`;
const glob = String.raw`"(?:\*[^"*?\[\\]+|[^"*?\[\\]+\*)"`;
const conditions = [
  `type = ${text}`,
  `${path} (?:=|!=) ${text}`,
  String.raw`(?:properties|traits|context)[\w.]+ (?:=|<|<=|>|>=) -?\d+(?:\.\d+)?`,
  String.raw`(?:properties|traits|context)[\w.]+ (?:=|!=) null`,
  String.raw`(?:properties|traits|context)[\w.]+ = (?:true|false)`,
  String.raw`!?contains\(${path}, ${text}\)`,
  String.raw`!?match\(${path}, ${glob}\)`,
];
const condition = `(?:${conditions.join("|")})`;
const filter = new RegExp(`^${condition}(?:(?: and ${condition})*|(?: or ${condition})*)$`);

/** Whether Segment's evaluator and a trigger are known to agree on a filter. */
export function isReadAlike(subscribe: string): boolean {
  return filter.test(subscribe.trim());
}
