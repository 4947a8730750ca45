// Values between the languages: read from one, written as a path or a template of the settings.

import type { Json } from "../json.js";

/** A value that a source gives. */
export type Value =
  | { readonly kind: "literal"; readonly value: Json }
  | { readonly kind: "parts"; readonly parts: readonly Part[] }
  | { readonly kind: "list"; readonly items: readonly Value[] }
  | { readonly kind: "map"; readonly members: readonly (readonly [string, Value])[] };

/** A part of a text. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "path"; readonly steps: Steps; readonly filters: readonly string[] }
  | {
      readonly kind: "choice";
      /** A condition of a template. */
      readonly test: string;
      readonly yes: readonly Part[];
      readonly no: readonly Part[];
    };

/** The names and indices of a path. */
export type Steps = readonly (string | number)[];

/** A value that is a path and nothing else. */
export function pathValue(steps: Steps): Value {
  return { kind: "parts", parts: [{ kind: "path", steps, filters: [] }] };
}

/** The value as the settings write it; nothing for null. */
export function written(value: Value): Json | undefined {
  switch (value.kind) {
    case "literal":
      if (value.value === null) return undefined;
      return typeof value.value === "string"
        ? textOf([{ kind: "text", text: value.value }])
        : value.value;
    case "list":
      return value.items.map(written).filter((item) => item !== undefined);
    case "map":
      return Object.fromEntries(
        value.members.flatMap(([name, member]) => {
          const given = written(member);
          return given === undefined ? [] : [[name, given]];
        }),
      );
    case "parts": {
      const [only] = value.parts;
      if (value.parts.length === 1 && only?.kind === "path" && only.filters.length === 0) {
        return `$${only.steps.map(memberOf).join("")}`;
      }
      return textOf(value.parts);
    }
  }
}

/** The parts that make a text of a value; nothing for a list, an object or a truth value. */
export function partsOf(value: Value): readonly Part[] | undefined {
  if (value.kind === "parts") return value.parts;
  if (value.kind !== "literal") return undefined;
  if (typeof value.value !== "string" && typeof value.value !== "number") return undefined;
  return [{ kind: "text", text: String(value.value) }];
}

/** A path as it stands in a template. */
export function expressionOf(steps: Steps): string {
  const [first = "", ...rest] = steps;
  const root = isPlain(first) && !words.has(String(first)) ? String(first) : `[${quote(first)}]`;
  return root + rest.map(memberOf).join("");
}

/** A text in quotes; the language has no escapes. */
export function quote(text: string | number): string {
  return String(text).includes('"') ? `'${text}'` : `"${text}"`;
}

/** Whether a text can stand in quotes. */
export function isQuotable(text: string | number): boolean {
  return !(String(text).includes('"') && String(text).includes("'"));
}

/** Words that mean something else at the beginning of an expression. */
const words = new Set(["true", "false", "nil", "null", "blank", "empty", "and", "or", "contains"]);

function isPlain(step: string | number): boolean {
  return typeof step === "string" && /^[A-Za-z_]\w*$/.test(step);
}

function memberOf(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return isPlain(step) ? `.${step}` : `[${quote(step)}]`;
}

function textOf(parts: readonly Part[]): string {
  const text = parts.map(templateOf).join("");
  // A text that begins like a path is taken for one.
  const isPath = /^\$[.[]|^(?:properties|traits|context)\./.test(text);
  return isPath ? `{{ ${quote(text.charAt(0))} }}${text.slice(1)}` : text;
}

function templateOf(part: Part): string {
  switch (part.kind) {
    case "text":
      return part.text.replaceAll("{", '{{ "{" }}');
    case "path":
      return `{{ ${[expressionOf(part.steps), ...part.filters].join(" | ")} }}`;
    case "choice": {
      const [yes, no] = [part.yes, part.no].map((parts) => parts.map(templateOf).join(""));
      const other = no === "" ? "" : `{% else %}${no}`;
      return `{% if ${part.test} %}${yes}${other}{% endif %}`;
    }
  }
}
