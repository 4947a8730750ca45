// Decisions come out of the core as one text; see src/destination/pack.rs for the format.

import type { Decision, DropCode, HttpRequest, Warning, WarningCode } from "./types.js";

const record = "\u001e";
const separator = "\u001f";

/** Reads decisions. `envelope` is what is the same in every request. */
export function unpackDecisions(text: string, envelope: HttpRequest): Decision[] {
  const decisions: Decision[] = [];
  let warnings: Warning[] = [];
  for (const line of split(text, record)) {
    const fields = split(line, separator);
    const at = (index: number) => fields[index] ?? "";
    switch (fields[0]) {
      case "s":
        warnings = [];
        decisions.push(send(at(1), at(2), envelope, warnings));
        break;
      case "d":
        warnings = [];
        decisions.push({
          type: "drop",
          mapping: at(1) || null,
          reason: {
            code: at(2) as DropCode,
            detail: at(3) || null,
            path: at(4) || null,
            cause: at(5),
            fix: at(6),
            until: at(7) === "" ? null : Number(at(7)),
          },
          warnings,
        });
        break;
      default:
        warnings.push({
          code: at(1) as WarningCode,
          parameter: at(2),
          setting: at(3),
          cause: at(4),
        });
    }
  }
  return decisions;
}

function send(
  mapping: string,
  body: string,
  { method, url, headers }: HttpRequest,
  warnings: Warning[],
): Decision {
  return { type: "send", mapping, request: { method, url, headers, body }, warnings };
}

/** `text.split(by)`, which takes several times as long on texts that differ each time. */
export function split(text: string, by: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (;;) {
    const end = text.indexOf(by, start);
    if (end < 0) {
      parts.push(text.slice(start));
      return parts;
    }
    parts.push(text.slice(start, end));
    start = end + 1;
  }
}
