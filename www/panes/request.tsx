// The request as it would go out: its parameters with where each comes from, its head, its bytes.

import { useState } from "preact/hooks";
import type { Explained, PreviewSend } from "../../host-shim/types.js";
import type { State, Store } from "../state.js";

/** The request. */
export function RequestView({
  send,
  store,
  state,
}: {
  send: PreviewSend;
  store: Store;
  state: State;
}) {
  const [view, setView] = useState<"form" | "bytes">("form");
  const { method, url, headers, body } = send.request;
  return (
    <section class="block" aria-labelledby="title-request">
      <div class="block-head">
        <h3 id="title-request">The request</h3>
        <fieldset class="switch">
          <legend class="visually-hidden">Show the request as</legend>
          <button type="button" aria-pressed={view === "form"} onClick={() => setView("form")}>
            Form
          </button>
          <button type="button" aria-pressed={view === "bytes"} onClick={() => setView("bytes")}>
            Bytes
          </button>
        </fieldset>
      </div>
      {view === "form" ? (
        <>
          <p class="request-line">
            <strong>{method}</strong> <code>{url}</code>
          </p>
          <div class="table-frame">
            <table class="explain">
              <thead>
                <tr>
                  <th scope="col">Parameter</th>
                  <th scope="col">Value</th>
                  <th scope="col">Where it comes from</th>
                </tr>
              </thead>
              <tbody>
                {send.explain.map((entry, at) => (
                  <Row key={at} entry={entry} store={store} state={state} />
                ))}
              </tbody>
            </table>
          </div>
        </>
      ) : (
        <pre class="bytes">
          {`${method} ${new URL(url).pathname} HTTP/1.1\nHost: ${new URL(url).host}\n`}
          {headers.map(([name, value]) => `${name}: ${value}\n`).join("")}
          {`Content-Length: ${body.length}\n\n`}
          {body}
        </pre>
      )}
    </section>
  );
}

function Row({ entry, store, state }: { entry: Explained; store: Store; state: State }) {
  const { parameter, value, setting, default: isDefault, paths } = entry;
  const point = () => store.point({ at: "parameter", name: parameter });
  const leave = () => store.point(undefined);
  return (
    <tr
      class={state.links.parameters.has(parameter) ? "lit" : ""}
      data-parameter={parameter}
      onMouseEnter={point}
      onMouseLeave={leave}
    >
      <th scope="row">
        <button type="button" class="plain" onFocus={point} onBlur={leave}>
          {parameter}
        </button>
      </th>
      <td class="value">{value}</td>
      <td class="origin">
        {paths.map((path) => (
          <code key={path} class="chip path">
            {path}
          </code>
        ))}
        {paths.length > 0 && <span class="muted"> by </span>}
        <code class="chip">{setting}</code>
        {isDefault && <span class="muted"> by default</span>}
      </td>
    </tr>
  );
}
