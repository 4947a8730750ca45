// What is on the page, as something to run elsewhere.

import { useState } from "preact/hooks";
import { schema } from "../form/schema.js";
import { isObject, type Json } from "../lib/json.js";
import {
  asCurl,
  asNode,
  asSegmentFunction,
  asWorker,
  asWranglerCommands,
  asWranglerJsonc,
  asWranglerToml,
  segmentSettings,
} from "../lib/take-away.js";
import type { State } from "../state.js";
import { list } from "../words.js";
import { CopyButton } from "./copy.js";
import { Dialog } from "./dialog.js";

interface Taking {
  readonly name: string;
  readonly what: string;
  /** The text; nothing as long as the page does not hold what it needs. */
  readonly text: (state: State) => string | undefined;
}

const takings: readonly Taking[] = [
  {
    name: "cURL",
    what: "Sends this one message. The token is read from the environment.",
    text: (state) => {
      const preview = state.decided[state.input.current]?.preview;
      const decision = preview?.decisions[state.decision];
      return decision?.type === "send"
        ? asCurl(decision.request, settingsOf(state), schema)
        : undefined;
    },
  },
  {
    name: "Node",
    what: "Sends this event with the package. Secrets are read from the environment.",
    text: (state) => {
      const { read } = state.decided[state.input.current] ?? {};
      if (read === undefined || read.fault !== undefined) return undefined;
      const facts = factsOf(state);
      return asNode(
        {
          settings: settingsOf(state),
          event: read.value as Json,
          row: state.input.rows,
          ...(facts === undefined ? {} : { facts }),
        },
        schema,
      );
    },
  },
  {
    name: "Worker",
    what: "A Cloudflare Worker that sends the events it is posted. Secrets are bindings.",
    text: (state) => asWorker({ settings: settingsOf(state), row: state.input.rows }, schema),
  },
  {
    name: "Wrangler",
    what: "How the Worker is deployed: wrangler.toml or wrangler.jsonc, then the commands.",
    text: (state) => {
      const commands = asWranglerCommands({ settings: settingsOf(state) }, schema);
      const parts = [
        ["# wrangler.toml", asWranglerToml()],
        ["// or wrangler.jsonc", asWranglerJsonc()],
        ["# then", commands],
      ];
      return parts.map(([head, text]) => `${head}\n${text}`).join("\n");
    },
  },
  {
    name: "Segment function",
    what: "A destination function for Segment.",
    text: (state) => asSegmentFunction(settingsOf(state), schema),
  },
];

/** The dialog. */
export function TakeAway({ state, onClose }: { state: State; onClose: () => void }) {
  const [chosen, setChosen] = useState(takings[0]);
  const usable = state.settings.fault === undefined && isObject(state.settings.value);
  const text = usable ? chosen?.text(state) : undefined;
  const needed =
    chosen?.name === "Segment function" && usable
      ? segmentSettings(settingsOf(state), schema).map((name) => `“${name}”`)
      : [];
  return (
    <Dialog title="Take it away" onClose={onClose}>
      <fieldset class="switch wrapping">
        <legend class="visually-hidden">As</legend>
        {takings.map((taking) => (
          <button
            type="button"
            key={taking.name}
            aria-pressed={taking === chosen}
            onClick={() => setChosen(taking)}
          >
            {taking.name}
          </button>
        ))}
      </fieldset>
      <p class="help">
        {chosen?.what}
        {needed.length > 0 && ` It reads the function’s settings ${list(needed)}.`} No secret of the
        page goes into it.
      </p>
      {text === undefined ? (
        <p class="notice problem">
          {usable
            ? chosen?.name === "cURL"
              ? "Nothing would be sent, so there is no request to take away."
              : "The event is not JSON yet."
            : "The settings are not JSON yet."}
        </p>
      ) : (
        <>
          <CopyButton text={text} />
          <pre class="bytes code">{text}</pre>
        </>
      )}
    </Dialog>
  );
}

function settingsOf(state: State): Json {
  return state.settings.value as Json;
}

function factsOf({ traits, input }: State): Json | undefined {
  const facts = {
    ...(traits.value === undefined ? {} : { profile: { traits: traits.value as Json } }),
    ...(input.suppression == null ? {} : { suppression: input.suppression }),
  };
  return Object.keys(facts).length > 0 ? facts : undefined;
}
