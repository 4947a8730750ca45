// How a value is edited, by its kind.

import { useState } from "preact/hooks";
import { grouped, title } from "../words.js";
import type { Kind } from "./schema.js";

/** What every control gets. */
export interface ControlProps {
  readonly kind: Kind;
  readonly id: string;
  readonly describedBy: string;
  /** Whether the text is long, such as a message. */
  readonly long: boolean;
  readonly placeholder: string | undefined;
  readonly value: unknown;
  /** What stands for a control that was emptied. */
  readonly empty: unknown;
  readonly onValue: (value: unknown) => void;
}

/** The control for a value. */
export function Control(props: ControlProps) {
  const { kind, id, describedBy, value, empty, onValue } = props;
  const common = { id, "aria-describedby": describedBy };
  switch (kind.type) {
    case "flag":
    case "choice": {
      const flag = kind.type === "flag";
      const names = flag ? ["true", "false"] : kind.names;
      const shown = value === undefined || value === null ? "" : String(value);
      const odd = shown !== "" && !names.includes(shown);
      return (
        <select
          {...common}
          value={shown}
          onChange={({ currentTarget: { value: chosen } }) => {
            if (chosen === "") onValue(undefined);
            else onValue(flag ? chosen === "true" : chosen);
          }}
        >
          <option value="">Default</option>
          {odd && <option value={shown}>{shown}</option>}
          {names.map((name) => (
            <option key={name} value={name}>
              {flag ? title(name) : name}
            </option>
          ))}
        </select>
      );
    }
    case "integer":
      return (
        <input
          {...common}
          inputMode="numeric"
          value={value === undefined || value === null ? "" : String(value)}
          placeholder={`${grouped(kind.min)} to ${grouped(kind.max)}`}
          onInput={({ currentTarget: { value: typed } }) =>
            onValue(typed === "" ? empty : integer(typed))
          }
        />
      );
    case "texts":
      return <Texts {...props} />;
    case "text":
    case "value":
      return typeof value === "string" || value === undefined || value === null ? (
        <Text {...props} />
      ) : (
        <Json {...props} />
      );
    default:
      return <Json {...props} />;
  }
}

function Text({ kind, id, describedBy, long, placeholder, value, empty, onValue }: ControlProps) {
  const text = typeof value === "string" ? value : "";
  const secret = kind.type === "text" && kind.secret;
  const common = {
    id,
    "aria-describedby": describedBy,
    autocomplete: "off",
    spellcheck: false,
    placeholder,
    value: text,
  };
  if (secret) {
    return (
      <input
        {...common}
        class="secret"
        onInput={(event) => onValue(event.currentTarget.value || empty)}
      />
    );
  }
  if (!long && !text.includes("\n")) {
    return <input {...common} onInput={(event) => onValue(event.currentTarget.value || empty)} />;
  }
  return (
    <textarea
      {...common}
      class="growing"
      rows={Math.min(12, Math.max(2, Math.ceil(text.length / 44) + text.split("\n").length - 1))}
      onInput={(event) => onValue(event.currentTarget.value || empty)}
    />
  );
}

/** Texts, one a line. */
function Texts({ kind, id, describedBy, value, empty, onValue }: ControlProps) {
  const items = Array.isArray(value) ? value.map(String) : [];
  const joined = items.join("\n");
  // While it is typed, an empty line stands for the item to come.
  const [typed, setTyped] = useState(joined);
  const shown = clean(typed).join("\n") === joined ? typed : joined;
  return (
    <textarea
      id={id}
      aria-describedby={describedBy}
      class={`growing${kind.type === "texts" && kind.secret ? " secret" : ""}`}
      spellcheck={false}
      placeholder="One on each line"
      rows={Math.min(10, Math.max(1, shown.split("\n").length))}
      value={shown}
      onInput={({ currentTarget: { value: text } }) => {
        setTyped(text);
        onValue(text === "" ? empty : clean(text));
      }}
    />
  );
}

function clean(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Any JSON. What cannot be read stays as it is typed, and nothing changes until it can be. */
function Json({ id, describedBy, value, empty, onValue }: ControlProps) {
  const written = JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState<string | undefined>();
  const shown = typed ?? written;
  return (
    <>
      <textarea
        id={id}
        aria-describedby={describedBy}
        class="growing"
        spellcheck={false}
        rows={Math.min(12, shown.split("\n").length)}
        value={shown}
        onInput={({ currentTarget: { value: text } }) => {
          const parsed = parse(text);
          setTyped(parsed === undefined && text !== "" ? text : undefined);
          if (text === "") onValue(empty);
          else if (parsed !== undefined) onValue(parsed.value);
        }}
      />
      {typed !== undefined && <p class="finding problem">This is not JSON yet.</p>}
    </>
  );
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function integer(typed: string): unknown {
  return /^-?\d{1,15}$/.test(typed) ? Number(typed) : typed;
}
