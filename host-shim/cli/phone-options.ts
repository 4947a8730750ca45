// The values of the options of `phone`.

import { checkSettings, type PhoneOptions } from "../load/node.js";
import { phonePolicies } from "../phone.js";
import { type Signature, usage } from "./args.js";

/** What the options of `phone` say. */
export interface Given {
  /** How numbers are read. */
  readonly policy: PhoneOptions;
  /** The name of the trait that holds a profile's number. */
  readonly trait: string;
}

/** Reads the options. A value that is not known is refused with those that are. */
export function readGiven(options: ReadonlyMap<string, string>, signature: Signature): Given {
  const region = options.get("region");
  const accept = options.get("accept") ?? "possible";
  const path = options.get("path") ?? "traits.phone";
  if (region !== undefined && !isRegion(region)) {
    const meant = region.toUpperCase() === "UK" ? "did you mean `GB`? Known are" : "known are";
    const cause = `\`--region\`: \`${region}\` is not the code of a country with phone numbers`;
    throw usage(`${cause}; ${meant} ${regions().join(", ")}`, signature);
  }
  if (!isPolicy(accept)) {
    const known = phonePolicies.join(", ");
    throw usage(`\`--accept\`: \`${accept}\` is not one of ${known}`, signature);
  }
  const trait = readTrait(path);
  if (trait === undefined) {
    throw usage(`\`--path\`: \`${path}\` is not a trait, such as traits.mobile`, signature);
  }
  const policy = { accept, ...(region !== undefined && { defaultRegion: region }) };
  return { policy, trait };
}

type Policy = (typeof phonePolicies)[number];

function isPolicy(text: string): text is Policy {
  return (phonePolicies as readonly string[]).includes(text);
}

/** Whether the core knows the country: its settings have one too. */
function isRegion(text: string): boolean {
  if (!/^[a-z]{2}$/i.test(text)) return false;
  const { problems } = checkSettings({ default_region: text });
  return !problems.some(({ path }) => path === "$.default_region");
}

function regions(): string[] {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  return letters.flatMap((first) => letters.map((second) => first + second)).filter(isRegion);
}

/** Only whole traits: an identify call that sets a part of one would replace the rest of it. */
function readTrait(path: string): string | undefined {
  const [, bare, quoted, single] = traitPattern.exec(path) ?? [];
  return bare ?? quoted ?? single;
}

const traitPattern = /^(?:\$\.)?traits(?:\.([^.[\]"'\\]+)|\["([^"\\]+)"\]|\['([^'\\]+)'\])$/;
