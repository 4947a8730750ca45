// Starts the page.

import { render } from "preact";
import { App } from "./app.js";
import { loadCore } from "./core.js";
import { ShareError } from "./lib/share.js";
import { inputFrom } from "./link.js";
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
  await followLink(store, draw(store, root));
} catch (error) {
  // A browser without wasm, or a file that did not arrive: the page says so instead of staying empty.
  root.textContent = `The playground could not start: ${String(error)} Reload the page, or use a current browser.`;
}

if ("serviceWorker" in navigator) await navigator.serviceWorker.register("service-worker.js");

/**
 * Draws the page whenever the state changes: once for all changes of one event. The answer draws it
 * with a notice.
 */
function draw(store: Store, root: HTMLElement): (notice: string | undefined) => void {
  let due = false;
  let notice: string | undefined;
  const drawSoon = () => {
    if (due) return;
    due = true;
    // Later, but before the next event: taking an element away can itself cause a change, and a
    // drawing must not begin inside another.
    queueMicrotask(() => {
      due = false;
      render(<App store={store} state={store.state} notice={notice} />, root);
    });
  };
  store.listen(drawSoon);
  return (said) => {
    notice = said;
    drawSoon();
  };
}

/** Shows what the address holds, now and whenever it changes. */
async function followLink(
  store: Store,
  notify: (notice: string | undefined) => void,
): Promise<void> {
  const follow = async () => {
    if (location.hash.length < 2) return;
    try {
      store.input(await inputFrom(location.hash));
      notify(undefined);
    } catch (error) {
      if (!(error instanceof ShareError)) throw error;
      notify(`The link could not be read. ${error.message} ${error.fix}`);
    }
  };
  addEventListener("hashchange", follow);
  await follow();
}
