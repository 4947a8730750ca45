// One setting: its name, what it is for, how it is edited, what is wrong with it.

import type { ComponentChildren } from "preact";
import { formatPath, type Step } from "../json/paths.js";
import { Prose } from "../prose.js";
import { title } from "../words.js";
import { useForm } from "./context.js";
import { Control } from "./control.js";
import { isEssential, type Member } from "./schema.js";

/** The path of a setting, as problems name it. */
export function settingPath(steps: readonly Step[]): string {
  const path = formatPath(steps);
  return path.startsWith("[") ? `$${path}` : `$.${path}`;
}

/** The id of a setting's control, so that it can be led to. */
export function controlId(path: string): string {
  return `setting-${path.replaceAll(/[^\w]+/g, "-")}`;
}

/** A setting of one value. */
export function Field({
  member,
  steps,
  value,
}: {
  member: Member;
  steps: readonly Step[];
  value: unknown;
}) {
  const { set, lit } = useForm();
  const path = settingPath(steps);
  const id = controlId(path);
  const given = value !== undefined;
  return (
    <div class={`field${lit.has(path) ? " lit" : ""}`} data-setting={path}>
      <div class="field-head">
        <label for={id}>{title(member.name)}</label>
        <code>{member.name}</code>
        {given && !member.required && (
          <button
            type="button"
            class="quiet small"
            aria-label={`Remove ${title(member.name)}`}
            title="Remove this setting"
            onClick={() => set(steps, undefined)}
          >
            ✕
          </button>
        )}
      </div>
      <Control
        kind={member.kind}
        id={id}
        describedBy={`${id}-help`}
        long={["body", "default_message", "trigger"].includes(member.name)}
        placeholder={isCredential(member) ? "Made up by the page" : undefined}
        value={value}
        empty={isEssential(member, steps) ? undefined : ""}
        onValue={(next) => set(steps, next)}
      />
      <div id={`${id}-help`}>
        <Findings path={path} within />
        <p class="help">{member.doc}</p>
      </div>
    </div>
  );
}

/** Whether the page makes it up where it is missing. */
function isCredential({ name, kind }: Member): boolean {
  return name === "account_sid" || (kind.type === "text" && kind.secret);
}

/** What is wrong at a path; with `within`, also below it. */
export function Findings({ path, within = false }: { path: string; within?: boolean }) {
  const { findings } = useForm();
  const rows: ComponentChildren[] = [];
  for (const [at, found] of findings) {
    if (at !== path && !(within && /^[.[]/.test(at.slice(path.length)) && at.startsWith(path))) {
      continue;
    }
    for (const { code, cause, fix, grave } of found) {
      rows.push(
        <p key={`${at}${code}`} class={`finding ${grave ? "problem" : "warning"}`}>
          <span class="visually-hidden">{grave ? "Problem: " : "Warning: "}</span>
          {at !== path && <code>{at.slice(path.length)}</code>} <Prose text={`${cause} ${fix}`} />
        </p>,
      );
    }
  }
  return <>{rows}</>;
}
