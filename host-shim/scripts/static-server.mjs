// Serves a folder of static files as any static host should: compressed forms, types, headers.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** What a host should send beside each file. The page carries the same policy in itself. */
export const headers = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/**
 * Starts a server on this machine alone and resolves to `{ url, sent, close }`, where `sent` tells
 * how many bytes it has sent, headers included. If the port is taken, a free one is used.
 */
export async function serve(folder, port) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const name = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    // Names only: nothing leads out of the folder.
    const path = /^\/[\w./-]+$/.test(name) && !name.includes("..") ? join(folder, name) : "";
    if (path === "" || !existsSync(path)) {
      response.writeHead(404, { "Content-Type": "text/plain" });
      response.end("Not found");
      return;
    }
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
    response.setHeader("Content-Type", types[extname(path)] ?? "text/plain; charset=utf-8");
    const hashed = /-([0-9a-f]{10}|[0-9A-Z]{8})\.\w+$/.test(name);
    response.setHeader(
      "Cache-Control",
      hashed ? "public, max-age=31536000, immutable" : "no-cache",
    );
    response.setHeader("Vary", "Accept-Encoding");
    const accepted = String(request.headers["accept-encoding"] ?? "");
    const [encoding, suffix] = /\bbr\b/.test(accepted)
      ? ["br", ".br"]
      : /\bgzip\b/.test(accepted)
        ? ["gzip", ".gz"]
        : [undefined, ""];
    const compressed = encoding !== undefined && existsSync(path + suffix);
    if (compressed) response.setHeader("Content-Encoding", encoding);
    response.end(readFileSync(compressed ? path + suffix : path));
  });
  const sockets = [];
  server.on("connection", (socket) => sockets.push(socket));
  const taken = await listen(server, port).catch((error) => error);
  if (taken?.code === "EADDRINUSE") await listen(server, 0);
  else if (taken !== undefined) throw taken;
  return {
    url: `http://localhost:${server.address().port}/`,
    sent: () => sockets.reduce((total, { bytesWritten }) => total + bytesWritten, 0),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function listen(server, port) {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, "localhost", () => {
      server.off("error", fail);
      done(undefined);
    });
  });
}
