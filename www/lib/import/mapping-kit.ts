// Segment's mapping-kit: as much of it as can be said in paths and templates.

import { isObject, type Json } from "../json.js";
import { at, type Lost } from "./result.js";
import {
  expressionOf,
  isQuotable,
  type Part,
  partsOf,
  pathValue,
  quote,
  type Steps,
  type Value,
} from "./text.js";

/** A value that was read, or why it could not be. */
export type Read =
  | { readonly value: Value; readonly notes: ReadonlySet<string> }
  | { readonly lost: Omit<Lost, "changes"> };

/** Reads a value of a mapping: what stands at `path` of the source. */
export function readMappingKit(json: Json, path: string): Read {
  const notes = new Set<string>();
  try {
    return { value: new Reader(notes).value(json, path), notes };
  } catch (error) {
    if (error instanceof Unreadable) return { lost: error.lost };
    throw error;
  }
}

/** Something that has no counterpart. It never leaves this file. */
class Unreadable extends Error {
  readonly lost: Omit<Lost, "changes">;

  constructor(path: string, what: string, why: string, fix: string) {
    super(why);
    this.lost = { path, what, why, fix };
  }
}

const noteOnGaps =
  "Where Segment sends a gap for a missing value, the message is dropped here; missing: blank restores the gap.";
const noteOnTraits =
  "Traits that the event lacks are also looked for in its context and in the profile.";
const noteOnDollar = "Segment finds nothing behind $ in a template; here it is the event.";

class Reader {
  readonly #notes: Set<string>;

  constructor(notes: Set<string>) {
    this.#notes = notes;
  }

  value(json: Json, path: string): Value {
    if (Array.isArray(json)) {
      return { kind: "list", items: json.map((item, index) => this.value(item, at(path, index))) };
    }
    if (!isObject(json)) return { kind: "literal", value: json };
    const members = Object.entries(json as { [name: string]: Json });
    const directive = members.find(([name]) => name.startsWith("@"));
    if (directive !== undefined)
      return this.#directive(directive[0], directive[1], at(path, directive[0]));
    return {
      kind: "map",
      members: members.map(([name, member]) => [name, this.value(member, at(path, name))]),
    };
  }

  #directive(name: string, given: Json, path: string): Value {
    switch (name) {
      case "@literal":
      case "@excludeWhenNull":
        return this.value(given, path);
      case "@path":
        return pathValue(this.#path(given, path, "$."));
      case "@template":
        return { kind: "parts", parts: this.#template(given, path) };
      case "@arrayPath":
        return this.#arrayPath(given, path);
      case "@if":
        return this.#if(membersOf(given, path), path);
      case "@case":
        return this.#case(membersOf(given, path), path);
      case "@replace":
        return this.#replace(membersOf(given, path), path);
      default:
        throw new Unreadable(
          path,
          `the directive ${name}`,
          "Settings have no counterpart to it.",
          "Say it with a path or a template, or compute it before the event is sent.",
        );
    }
  }

  /** `prefix`: what the evaluator takes off before it reads the path. */
  #path(given: Json, path: string, prefix: string): Steps {
    if (typeof given !== "string")
      throw new Unreadable(path, "a computed path", "A path is fixed here.", fixPath);
    const steps = stepsOf(given.replace(prefix, ""));
    if (steps.length === 0 || steps[0] === "$")
      throw new Unreadable(path, "the whole event", "A path names a part of it.", fixPath);
    if (steps.includes("length") || !steps.every(isQuotable)) {
      throw new Unreadable(
        path,
        "a path",
        "It names what is no member of the event, or holds both kinds of quotes.",
        fixPath,
      );
    }
    if (steps[0] === "traits") this.#notes.add(noteOnTraits);
    return steps;
  }

  #template(given: Json, path: string): Part[] {
    if (typeof given !== "string") {
      throw new Unreadable(
        path,
        "a computed template",
        "A template is fixed here.",
        "Write it out.",
      );
    }
    const parts: Part[] = [];
    let end = 0;
    for (const match of given.matchAll(/\{\{\{([^}]+)\}\}\}|\{\{([^}]+)\}\}/g)) {
      const inner = (match[1] ?? match[2] ?? "").trim();
      if (/[{|]/.test(inner)) {
        throw new Unreadable(
          path,
          "a tag of a template",
          "Segment reads it as the name of a field.",
          "Write a path between the braces.",
        );
      }
      if (match.index > end) parts.push({ kind: "text", text: given.slice(end, match.index) });
      if (inner.startsWith("$")) this.#notes.add(noteOnDollar);
      parts.push({ kind: "path", steps: this.#path(inner, path, "$."), filters: [] });
      end = match.index + match[0].length;
    }
    if (parts.length > 0) this.#notes.add(noteOnGaps);
    if (end < given.length || parts.length === 0)
      parts.push({ kind: "text", text: given.slice(end) });
    return parts;
  }

  #arrayPath(given: Json, path: string): Value {
    if (!Array.isArray(given) || given.length === 0) throw malformed(path, "@arrayPath");
    const [array = null, shape] = given;
    if (isObject(shape) && Object.keys(shape).length > 0) {
      throw new Unreadable(
        at(path, 1),
        "the shape of an array's items",
        "An array of the event is taken as it is, or item by item by its indices.",
        "List the items: a path such as $.properties.images[0] for each.",
      );
    }
    return typeof array === "string"
      ? pathValue(this.#path(array, path, "$."))
      : this.value(array, at(path, 0));
  }

  #if(options: Members, path: string): Value {
    const name = options.exists ? "exists" : "blank";
    const tested = options[name];
    if (!tested) throw malformed(path, "@if");
    const subject = this.value(tested, at(path, name));
    // What is not said means no value at all.
    const branch = (name: "then" | "else"): Value =>
      options[name] === undefined || (name === "else" && !options[name])
        ? { kind: "literal", value: "" }
        : this.value(options[name], at(path, name));
    const [then, otherwise] = [branch("then"), branch("else")];
    if (subject.kind === "literal") return then;
    const [only] = subject.kind === "parts" ? subject.parts : [];
    if (
      subject.kind !== "parts" ||
      subject.parts.length !== 1 ||
      only?.kind !== "path" ||
      only.filters.length > 0
    ) {
      throw new Unreadable(
        at(path, name),
        "the test of an @if",
        "Only a path can be tested.",
        "Test the path itself.",
      );
    }
    const tests = name === "exists" ? ["nil"] : ["nil", '""', "0", "false"];
    const test = tests.map((nothing) => `${expressionOf(only.steps)} != ${nothing}`).join(" and ");
    const [thenParts, otherParts] = [partsOf(then), partsOf(otherwise)];
    if (thenParts === undefined || otherParts === undefined) {
      throw new Unreadable(
        path,
        "an @if between values that are no texts",
        "A condition chooses between texts.",
        "Make a mapping for each case.",
      );
    }
    this.#notes.add(noteOnGaps);
    return {
      kind: "parts",
      parts: [{ kind: "choice", test, yes: thenParts, no: otherParts }],
    };
  }

  #case(options: Members, path: string): Value {
    const { operator, value } = options;
    if ((operator !== "lower" && operator !== "upper") || !value) throw malformed(path, "@case");
    const inner = this.value(value, at(path, "value"));
    const parts = partsOf(inner);
    if (parts === undefined) return inner;
    const filter = operator === "lower" ? "downcase" : "upcase";
    const change = (text: string) =>
      operator === "lower" ? text.toLowerCase() : text.toUpperCase();
    return { kind: "parts", parts: filtered(parts, filter, change) };
  }

  #replace(options: Members, path: string): Value {
    const { pattern, value, ignorecase, global } = options;
    if (typeof pattern !== "string" || pattern === "" || !value) throw malformed(path, "@replace");
    if (
      global === false ||
      (ignorecase === true && /\p{L}/u.test(`${pattern}${options.pattern2 ?? ""}`))
    ) {
      throw new Unreadable(
        path,
        "a replacement of the first match only, or of either case",
        "The filter replace takes every match, and case matters.",
        "Replace each spelling by itself.",
      );
    }
    const pairs = [[pattern, options.replacement ?? ""]];
    if (options.pattern2)
      pairs.push([options.pattern2 as string, options.replacement2 ?? ""] as [string, string]);
    const parts = partsOf(this.value(value, at(path, "value")));
    const isOne = parts?.length === 1 && parts[0]?.kind !== "choice";
    if (parts === undefined || !isOne) {
      throw new Unreadable(
        path,
        "a replacement in more than one value",
        "A filter changes one value.",
        "Replace in each value.",
      );
    }
    return pairs.reduce<Value>(
      (before, [from, to]) => {
        if (
          typeof from !== "string" ||
          typeof to !== "string" ||
          to.includes("$") ||
          !isQuotable(from) ||
          !isQuotable(to)
        ) {
          throw new Unreadable(
            path,
            "a replacement",
            "Its texts cannot stand in a template.",
            "Choose a replacement without $ and quotes.",
          );
        }
        const change = (text: string) => text.replaceAll(from, to);
        return {
          kind: "parts",
          parts: filtered(partsOf(before) ?? [], `replace: ${quote(from)}, ${quote(to)}`, change),
        };
      },
      { kind: "parts", parts },
    );
  }
}

type Members = { readonly [name: string]: Json };

const fixPath = "Name a member of the event: $.properties.phone.";

function membersOf(given: Json, path: string): Members {
  if (!isObject(given)) throw malformed(path, "a directive");
  return given as Members;
}

function malformed(path: string, what: string): Unreadable {
  return new Unreadable(path, what, "Segment would refuse it too.", "Correct it at its source.");
}

/** The steps of a path as Segment takes it apart: at dots, and at brackets around a number or quotes. */
export function stepsOf(path: string): Steps {
  const names = path.split(/\[(?=["'\d])|\.|(?<=["'\d])\]+/).filter((step) => step !== "");
  return names.map((name) => (/^\d{1,9}$/.test(name) ? Number(name) : name.replace(/['"]/g, "")));
}

/** The parts with a filter on each value, and texts changed as the filter would. */
function filtered(
  parts: readonly Part[],
  filter: string,
  change: (text: string) => string,
): Part[] {
  return parts.map((part) => {
    if (part.kind === "text") return { ...part, text: change(part.text) };
    if (part.kind === "path") return { ...part, filters: [...part.filters, filter] };
    const [yes, no] = [part.yes, part.no].map((parts) => filtered(parts, filter, change));
    return { ...part, yes: yes ?? [], no: no ?? [] };
  });
}
