// Keeps the page's files, so that it works without a network after the first visit. The build puts
// the list of files and its version in.

declare const FILES: readonly string[];
declare const VERSION: string;

/** As much of a service worker's surroundings as is used here. */
interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Worker {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Waiting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}

const worker = globalThis as unknown as Worker;

worker.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(VERSION);
    // A name with a hash never means anything else: what the page has fetched is not fetched again.
    const isFixed = (file: string) => /-([0-9a-f]{10}|[0-9A-Z]{8})\.\w+$/.test(file);
    const mode = (file: string) => (isFixed(file) ? "default" : "no-cache");
    await cache.addAll(FILES.map((file) => new Request(file, { cache: mode(file) })));
    await worker.skipWaiting();
  };
  event.waitUntil(keep());
});

worker.addEventListener("activate", (event) => {
  const clean = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(clean());
});

worker.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const answer = async () => {
    const cache = await caches.open(VERSION);
    const kept = await cache.match(event.request, { ignoreSearch: true });
    return kept ?? (await fetch(event.request));
  };
  event.respondWith(answer());
});
