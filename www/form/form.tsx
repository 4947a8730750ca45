// The settings as a form: what is set and what matters most is shown, everything else can be added.

import { getAt, type Step } from "../json/paths.js";
import { plain, title } from "../words.js";
import { useForm } from "./context.js";
import { controlId, Field, Findings, settingPath } from "./field.js";
import { members as all, isEssential, type Member } from "./schema.js";

/** The whole form. */
export function SettingsForm({ value }: { value: unknown }) {
  return <Members members={all} steps={[]} value={value} />;
}

function Members({
  members,
  steps,
  value,
}: {
  members: readonly Member[];
  steps: readonly Step[];
  value: unknown;
}) {
  const { set } = useForm();
  const here = (member: Member) => getAt(value, [member.name]);
  const shown = members.filter(
    (member) => here(member) !== undefined || isEssential(member, [...steps, member.name]),
  );
  const hidden = members.filter((member) => !shown.includes(member));
  const known = new Set(members.map(({ name }) => name));
  const strangers = Object.keys(isObject(value) ? value : {}).filter((name) => !known.has(name));
  const addId = `${controlId(settingPath(steps))}-add`;
  return (
    <>
      {shown.map((member) => (
        <Setting
          key={member.name}
          member={member}
          steps={[...steps, member.name]}
          value={here(member)}
        />
      ))}
      {strangers.map((name) => (
        <Field
          key={name}
          member={{ name, doc: "", required: false, kind: { type: "value" } }}
          steps={[...steps, name]}
          value={getAt(value, [name])}
        />
      ))}
      {hidden.length > 0 && (
        <div class="add">
          <label for={addId} class="visually-hidden">
            Add a setting
          </label>
          <select
            id={addId}
            value=""
            onChange={({ currentTarget }) => {
              const member = members.find(({ name }) => name === currentTarget.value);
              currentTarget.value = "";
              if (member === undefined) return;
              const added = [...steps, member.name];
              set(added, first(member));
              // The control is there once the form is drawn anew.
              requestAnimationFrame(() => {
                document.getElementById(controlId(settingPath(added)))?.focus();
              });
            }}
          >
            <option value="">+ Add a setting…</option>
            {hidden.map(({ name, doc }) => (
              <option key={name} value={name} title={doc}>
                {title(name)}
              </option>
            ))}
          </select>
        </div>
      )}
    </>
  );
}

function Setting({
  member,
  steps,
  value,
}: {
  member: Member;
  steps: readonly Step[];
  value: unknown;
}) {
  const { kind } = member;
  if (kind.type === "items" && (value === undefined || Array.isArray(value))) {
    return <Items member={member} members={kind.members} steps={steps} items={value ?? []} />;
  }
  if (kind.type === "object" && (value === undefined || isObject(value))) {
    return (
      <fieldset class="group">
        <legend>{title(member.name)}</legend>
        <p class="help">{member.doc}</p>
        <Findings path={settingPath(steps)} />
        <Members members={kind.members} steps={steps} value={value} />
      </fieldset>
    );
  }
  return <Field member={member} steps={steps} value={value} />;
}

function Items({
  member,
  members,
  steps,
  items,
}: {
  member: Member;
  members: readonly Member[];
  steps: readonly Step[];
  items: readonly unknown[];
}) {
  const { set } = useForm();
  const one = title(member.name).replace(/s$/, "");
  const replace = (next: readonly unknown[]) => set(steps, next.length === 0 ? undefined : next);
  const move = (from: number, to: number) => {
    const next = [...items];
    next.splice(to, 0, ...next.splice(from, 1));
    replace(next);
  };
  return (
    <fieldset class="items">
      <legend>{title(member.name)}</legend>
      <p class="help">{member.doc}</p>
      <Findings path={settingPath(steps)} />
      {items.map((item, index) => {
        const path = settingPath([...steps, index]);
        const name = getAt(item, ["name"]);
        const shown = typeof name === "string" && name !== "" ? name : `${one} ${index + 1}`;
        return (
          <fieldset key={index} class="card" id={controlId(path)}>
            <legend>{shown}</legend>
            <div class="card-tools">
              <button
                type="button"
                class="quiet small"
                disabled={index === 0}
                aria-label={`Move ${shown} up`}
                onClick={() => move(index, index - 1)}
              >
                ↑
              </button>
              <button
                type="button"
                class="quiet small"
                disabled={index === items.length - 1}
                aria-label={`Move ${shown} down`}
                onClick={() => move(index, index + 1)}
              >
                ↓
              </button>
              <button
                type="button"
                class="quiet small"
                aria-label={`Remove ${shown}`}
                onClick={() => replace(items.filter((_, at) => at !== index))}
              >
                ✕
              </button>
            </div>
            <Findings path={path} />
            <Members members={members} steps={[...steps, index]} value={item} />
          </fieldset>
        );
      })}
      <button type="button" class="wide" onClick={() => replace([...items, {}])}>
        + Add a {plain(one).toLowerCase()}
      </button>
    </fieldset>
  );
}

/** What a setting begins with when it is added. */
function first({ kind }: Member): unknown {
  switch (kind.type) {
    case "choice":
      return kind.names[0];
    case "flag":
      return true;
    case "integer":
      return kind.min;
    case "items":
      return [{}];
    case "object":
      return {};
    case "texts":
      return [];
    default:
      return "";
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
