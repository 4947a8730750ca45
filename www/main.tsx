// Starts the page.

import { render } from "preact";
import { App } from "./app.js";
import { loadCore } from "./core.js";
import { start } from "./start.js";
import { Store } from "./state.js";
import { restoreTheme } from "./theme.js";

restoreTheme();
const root = document.getElementById("app");
const wasm = document.querySelector<HTMLLinkElement>("#core")?.href;
if (root === null || wasm === undefined) throw new Error("The page is incomplete.");

try {
  await loadCore(new URL(wasm));
  root.replaceChildren();
  const store = new Store(start, Date.now);
  draw(store, root);
} catch (error) {
  // A browser without wasm, or a file that did not arrive: the page says so instead of staying empty.
  root.textContent = `The playground could not start: ${String(error)} Reload the page, or use a current browser.`;
}

if ("serviceWorker" in navigator) await navigator.serviceWorker.register("service-worker.js");

/** Draws the page whenever the state changes: once for all changes of one event. */
function draw(store: Store, root: HTMLElement): void {
  let due = false;
  store.listen(() => {
    if (due) return;
    due = true;
    // Later, but before the next event: taking an element away can itself cause a change, and a
    // drawing must not begin inside another.
    queueMicrotask(() => {
      due = false;
      render(<App store={store} state={store.state} />, root);
    });
  });
}
