// The published JSON Schema of the settings, read into what a form needs.

import published from "../../host-shim/settings.schema.json" with { type: "json" };

import type { Step } from "../json/paths.js";
import type { Schema as Published } from "../lib/schema.js";

/** One setting. */
export interface Member {
  readonly name: string;
  readonly doc: string;
  readonly required: boolean;
  readonly kind: Kind;
}

/** The settings that a form shows before they are set, by what they are settings of. */
const essential: Readonly<Record<string, readonly string[]>> = {
  "": ["consent", "from", "mappings"],
  consent: ["categories"],
  mappings: ["body", "to", "trigger"],
  row: ["body", "to"],
};

/** Whether a form shows a setting before it is set. */
export function isEssential({ name, required }: Member, steps: readonly Step[]): boolean {
  const parent =
    steps
      .slice(0, -1)
      .filter((step) => typeof step === "string")
      .at(-1) ?? "";
  return required || essential[parent]?.includes(name) === true;
}

/** How a setting is edited. */
export type Kind =
  | { readonly type: "choice"; readonly names: readonly string[] }
  | { readonly type: "flag" }
  | { readonly type: "integer"; readonly min: number; readonly max: number }
  /** Objects, such as mappings. */
  | { readonly type: "items"; readonly members: readonly Member[] }
  | { readonly type: "object"; readonly members: readonly Member[] }
  | { readonly type: "text"; readonly secret: boolean }
  | { readonly type: "texts"; readonly secret: boolean }
  /** Any JSON; most often a text. */
  | { readonly type: "value" };

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly maximum?: number;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly writeOnly?: boolean;
}

/** The schema itself. */
export const schema = published as unknown as Published;

const definitions = (published as { $defs: Readonly<Record<string, Schema>> }).$defs;

/** Every setting of a destination, in the order in which the schema tells them. */
export const members: readonly Member[] = membersOf(published as unknown as Schema);

function membersOf(schema: Schema): Member[] {
  return Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    name,
    doc: member.description ?? "",
    required: schema.required?.includes(name) === true,
    kind: kindOf(member),
  }));
}

function kindOf(given: Schema): Kind {
  const schema = resolve(given);
  const secret = schema.writeOnly === true;
  if (schema.enum !== undefined) return { type: "choice", names: schema.enum };
  switch (schema.type) {
    case "boolean":
      return { type: "flag" };
    case "integer":
      return { type: "integer", min: schema.minimum ?? 0, max: schema.maximum ?? 0 };
    case "string":
      return { type: "text", secret };
    case "object":
      return schema.properties === undefined
        ? { type: "value" }
        : { type: "object", members: membersOf(schema) };
    case "array": {
      const item = schema.items === undefined ? {} : resolve(schema.items);
      if (item.properties !== undefined) return { type: "items", members: membersOf(item) };
      return item.type === "string"
        ? { type: "texts", secret: item.writeOnly === true }
        : { type: "value" };
    }
    default:
      return { type: "value" };
  }
}

function resolve(schema: Schema): Schema {
  const name = schema.$ref?.replace("#/$defs/", "");
  return name === undefined ? schema : { ...definitions[name], ...schema };
}
