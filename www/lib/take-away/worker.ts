// A Cloudflare Worker that sends the events it is posted, and the configuration it is deployed by.

import type { Json } from "../json.js";
import type { Schema } from "../schema.js";
import { portable } from "./credentials.js";
import { holesOf } from "./node.js";
import { sourceOf } from "./source.js";

/** The secret that whoever posts events must know: without it, anybody could send texts. */
const accessToken = "EVENTS_TOKEN";

/** The date of the behaviour of workerd that the Worker was tested with. */
const compatibilityDate = "2026-04-01";

/** What a Worker is made of. */
export interface TakenSettings {
  readonly settings: Json;
  /** Whether it is posted rows of a table. */
  readonly row?: boolean;
}

/** The Worker's main module. Its secrets are bindings. */
export function asWorker({ settings, row }: TakenSettings, schema: Schema): string {
  const { settings: without, variables } = portable(settings, schema);
  const options = row === true ? ", { row: true }" : "";
  return `import { createDestination } from "twilio-destination";

const settingsOf = (env) => (${sourceOf(without, 0, holesOf(variables, "env"))});

export default {
  async fetch(request, env) {
    const access = request.headers.get("Authorization");
    if (!env.${accessToken} || access !== \`Bearer \${env.${accessToken}}\`) {
      return new Response(null, { status: 401 });
    }
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const destination = createDestination(settingsOf(env), { fetch, now: Date.now });
    const event = new Uint8Array(await request.arrayBuffer());
    return Response.json(await destination.send(event${options}));
  },
};
`;
}

/** The Worker's `wrangler.toml`. It holds no secret. */
export function asWranglerToml(): string {
  return `name = "twilio-destination"
main = "worker.js"
compatibility_date = "${compatibilityDate}"
`;
}

/** The Worker's `wrangler.jsonc`, which says the same. */
export function asWranglerJsonc(): string {
  return `{
  "name": "twilio-destination",
  "main": "worker.js",
  "compatibility_date": "${compatibilityDate}"
}
`;
}

/** The commands that set the Worker's secrets and deploy it. Each secret is typed in, not pasted here. */
export function asWranglerCommands({ settings }: TakenSettings, schema: Schema): string {
  const { variables } = portable(settings, schema);
  const secrets = [...variables.map(({ name }) => name), accessToken];
  const put = secrets.map((name) => `npx wrangler secret put ${name}`);
  return `${["npm install twilio-destination", ...put, "npx wrangler deploy"].join("\n")}\n`;
}
