/** Headers that a host should send beside each file. */
export const headers: Readonly<Record<string, string>>;
/** Serves a folder of static files on this machine alone. */
export function serve(
  folder: string,
  port: number,
): Promise<{ readonly url: string; sent(): number; close(): void }>;
