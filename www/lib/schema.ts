// As much of JSON Schema as the published schema of the settings uses.

import { isObject, type Json } from "./json.js";

/** A schema, or a part of one. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Whether what stands here is secret. */
  readonly writeOnly?: boolean;
}

/**
 * A copy of a value in which `replace` has replaced what it answered for. It is asked from the
 * outside in, with every schema that a value has; `undefined` keeps the value and walks into it.
 */
export function walk(value: Json, schema: Schema, replace: Replace): Json {
  return walkAll(value, [schema], [], { root: schema, replace });
}

type Replace = (value: Json, schema: Schema, path: ValuePath) => Json | undefined;

/** The names and indices that lead to a value. */
export type ValuePath = readonly (string | number)[];

function walkAll(
  value: Json,
  schemas: readonly Schema[],
  path: ValuePath,
  how: { readonly root: Schema; readonly replace: Replace },
): Json {
  const all = schemas.flatMap((schema) => alternatives(schema, how.root));
  for (const schema of all) {
    const replaced = how.replace(value, schema, path);
    if (replaced !== undefined) return replaced;
  }
  if (Array.isArray(value)) {
    const items = all.flatMap(({ items }) => (items === undefined ? [] : [items]));
    return value.map((item, at) => walkAll(item, items, [...path, at], how));
  }
  if (!isObject(value)) return value;
  const members = Object.entries(value as Record<string, Json>).map(([name, member]) => {
    const schemas = all.flatMap((schema) => memberOf(schema, name));
    return [name, walkAll(member, schemas, [...path, name], how)] as const;
  });
  return Object.fromEntries(members);
}

function memberOf({ properties = {}, additionalProperties }: Schema, name: string): Schema[] {
  const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (own !== undefined) return [own];
  return typeof additionalProperties === "object" ? [additionalProperties] : [];
}

/** A schema itself, what it refers to, and each of its alternatives. */
function alternatives(schema: Schema, root: Schema): Schema[] {
  const all = [schema];
  const name = schema.$ref?.replace("#/$defs/", "");
  const target = name === undefined ? undefined : root.$defs?.[name];
  if (target !== undefined) all.push(...alternatives(target, root));
  for (const one of schema.anyOf ?? []) all.push(...alternatives(one, root));
  return all;
}

/** The names of every setting that is secret, or a list of secrets, wherever it stands. */
export function secretNames(schema: Schema): string[] {
  const objects = [schema, ...Object.values(schema.$defs ?? {})];
  return objects.flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([name, member]) => (isSecret(member) ? [name] : [])),
  );
}

/** Whether a value has the place of a secret, or of a list or object of secrets without being one. */
export function isSecretHere(value: Json, schema: Schema): boolean {
  const { additionalProperties, items, writeOnly } = schema;
  if (value === null) return false;
  if (writeOnly === true) return true;
  if (items !== undefined && isSecret(items)) return !Array.isArray(value);
  return (
    typeof additionalProperties === "object" && isSecret(additionalProperties) && !isObject(value)
  );
}

function isSecret(schema: Schema): boolean {
  const { additionalProperties, anyOf = [], items, writeOnly } = schema;
  const inner = [...anyOf, items, additionalProperties].filter((one) => typeof one === "object");
  return writeOnly === true || inner.some(isSecret);
}
