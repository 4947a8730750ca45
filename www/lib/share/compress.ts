// Bytes as text for an address: deflate where the browser has it, then base64url.

/** Why bytes could not be made of a text. */
export type ExpandFault = "not_base64" | "not_compressed" | "too_large";

/** Compressed bytes; none where the browser cannot compress. */
export async function deflate(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  if (typeof CompressionStream === "undefined") return undefined;
  const { chunks } = await read(bytes, new CompressionStream("deflate-raw"), Infinity);
  return join(chunks);
}

/** What was compressed, read only as far as `most` bytes: a few bytes can hold a great many. */
export async function inflate(bytes: Uint8Array, most: number): Promise<Uint8Array | ExpandFault> {
  try {
    const { chunks, length } = await read(bytes, new DecompressionStream("deflate-raw"), most);
    return length > most ? "too_large" : join(chunks);
  } catch {
    return "not_compressed";
  }
}

async function read(
  bytes: Uint8Array,
  through: CompressionStream | DecompressionStream,
  most: number,
): Promise<{ chunks: Uint8Array[]; length: number }> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = source.pipeThrough(through).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (length <= most) continue;
    // What is left is not even expanded.
    await reader.cancel();
    break;
  }
  return { chunks, length };
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** Base64 with the characters that an address takes as they are. */
export function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The bytes, or that it is no base64url. */
export function fromBase64Url(text: string): Uint8Array | ExpandFault {
  if (!/^[\w-]*$/.test(text)) return "not_base64";
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return "not_base64";
  }
}
