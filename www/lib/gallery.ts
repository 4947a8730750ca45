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
  /** Events that come before; each gives a message, if one, that Twilio creates. */
  readonly before?: readonly Json[];
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
  /** What Twilio answers, each time. */
  readonly reply?: Reply;
  /** The same where it is not the same each time, or where more happens than answers. */
  readonly script?: Script;
}

/** What Twilio answers, from the first request to the last. */
export interface Script {
  /** To the first request that would create a message. */
  readonly first: Reply;
  /** To those after it: that the message was created, or the same as to the first. */
  readonly after: "created" | "same";
  /** Whether Twilio's list shows the message whose reply was unclear. */
  readonly listed: boolean;
  /** Whether a status callback tells of it. */
  readonly told: boolean;
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
  | { readonly type: "notStarted" }
  /** The process ends while the request is under way; the event is handed over again. */
  | { readonly type: "ended" };

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
