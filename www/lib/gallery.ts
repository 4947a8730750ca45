// The examples gallery. Each example is one of the conformance vectors, which the tests run; the
// list is written by gallery/generate.mjs as a file of its own, so that the page can fetch it late.

import type { Json } from "./json.js";

/** The gallery. */
export interface Gallery {
  readonly groups: readonly GalleryGroup[];
}

/** Examples of one kind. */
export interface GalleryGroup {
  readonly title: string;
  readonly examples: readonly Example[];
}

/** An example: what is handed in, and what it shows. */
export interface Example {
  /** The vector's name: `recipient/refused_lost_plus`. */
  readonly id: string;
  /** What it shows, in one sentence. */
  readonly title: string;
  /**
   * The code that it is an example of: `drop:recipient_missing`, with the detail behind it where
   * there is one; `warning:…` of a message, `settings:…` of the settings, `reply:…` of Twilio.
   */
  readonly code?: string;
  readonly settings: Json;
  /** An event; or one of the next three. Without any of the four only the settings are shown. */
  readonly event?: Json;
  readonly row?: Json;
  /** The text of an event that is no JSON, or whose spelling matters. */
  readonly json?: string;
  /** An object that throws when it is read: only a program can hand it in, not a page. */
  readonly unreadable?: true;
  /** What is known beside the event. */
  readonly facts?: Json;
  /** The time, as ISO 8601. */
  readonly now?: string;
  /** What Twilio answers. */
  readonly reply?: Reply;
}

/** What a host reports of a request. */
export type Reply =
  | {
      readonly type: "response";
      readonly status: number;
      readonly headers?: readonly (readonly [string, string])[];
      readonly body?: string;
      /** Whether the body was read to its end. Default: it was. */
      readonly complete?: boolean;
    }
  | {
      readonly type: "failure";
      readonly name: string;
      readonly code?: string | null;
      readonly syscall?: string | null;
    }
  | { readonly type: "notStarted" };

/** Reads the file that the gallery is kept in. */
export function readGallery(json: string): Gallery {
  return JSON.parse(json) as Gallery;
}

/** The event or row as it stands in the editor; nothing if it cannot stand there. */
export function textOf({ event, row, json }: Example): string | undefined {
  if (json !== undefined) return json;
  const input = event ?? row;
  return input === undefined ? undefined : JSON.stringify(input, null, 2);
}
