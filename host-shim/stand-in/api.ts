import { accountBody, balanceBody, listPhoneNumbers, listShortCodes } from "./account-resources.js";
import { type Account, authenticate, type Caller } from "./accounts.js";
import { messageBody } from "./bodies.js";
import { createMessage } from "./create.js";
import {
  type ApiError,
  errorBody,
  isApiError,
  notFound,
  tooManyRequests,
  unauthenticated,
} from "./errors.js";
import { listMessages } from "./list.js";
import { addFeedback, deleteMessage, updateMessage } from "./message-resource.js";
import { listChannelSenders, listServices, serviceResource } from "./service-resources.js";
import type { World } from "./world.js";
import { toXml } from "./xml.js";

/** A request as the API sees it. */
export interface ApiRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  authorization: string | undefined;
  form: URLSearchParams;
  /** Requests of the same account that were under way when this one came, itself included. */
  inFlight: number;
  /** Where this server is reached. */
  origin: string;
}

/** A complete answer, before anything goes wrong with it on the wire. */
export interface Reply {
  status: number;
  contentType: string;
  body: string;
  headers?: Record<string, string>;
  /** What was done, for the log: no numbers, no texts. */
  note: string;
}

type Body = Record<string, unknown>;
type Handler = (world: World, request: ApiRequest, account: Account, sid: string) => Answer;

interface Answer {
  status: number;
  body: Body | null;
  note: string;
}

interface Route {
  pattern: RegExp;
  /** The element that an XML answer wraps the body in. */
  root: string;
  methods: Partial<Record<"GET" | "POST" | "DELETE", Handler>>;
}

const ROUTES: readonly Route[] = [
  {
    pattern: /^$/,
    root: "account",
    methods: { GET: (_, __, account) => found("account", accountBody(account)) },
  },
  {
    pattern: /^\/Balance$/,
    root: "balance",
    methods: { GET: (_, __, account) => found("balance", balanceBody(account)) },
  },
  {
    pattern: /^\/IncomingPhoneNumbers$/,
    root: "incoming_phone_numbers",
    methods: {
      GET: (_, request, account) =>
        found("phone numbers", listPhoneNumbers(account, request.path, request.query)),
    },
  },
  {
    pattern: /^\/SMS\/ShortCodes$/,
    root: "short_codes",
    methods: {
      GET: (_, request, account) =>
        found("short codes", listShortCodes(account, request.path, request.query)),
    },
  },
  { pattern: /^\/Messages$/, root: "message", methods: { GET: list, POST: create } },
  {
    pattern: /^\/Messages\/([A-Za-z0-9]+)$/,
    root: "message",
    methods: { GET: read, POST: update, DELETE: remove },
  },
  {
    pattern: /^\/Messages\/([A-Za-z0-9]+)\/Feedback$/,
    root: "feedback",
    methods: { POST: feedback },
  },
];

/** Answers a request as Twilio would, and does what it asks for. */
export function handle(world: World, request: ApiRequest): Reply {
  const [, sid, rest] = /^\/2010-04-01\/Accounts\/([^/.]+)(.*)$/s.exec(request.path) ?? [];
  if (sid === undefined || rest === undefined) return handleProduct(world, request);
  const json = rest.endsWith(".json");
  // A malformed SID is not found even before the credentials are looked at: so it was recorded.
  if (!/^AC[0-9a-fA-F]{32}$/.test(sid))
    return render(failed(notFound(request.path)), json, "error");
  const caller = authenticate(world.accounts.get(sid), request.authorization);
  if (!caller) return render(failed(unauthenticated), json, "error");

  const below = json ? rest.slice(0, -".json".length) : rest;
  for (const route of ROUTES) {
    const match = route.pattern.exec(below);
    if (!match) continue;
    const refusal = mayNot(caller, request, below);
    const handler = Object.hasOwn(route.methods, request.method)
      ? route.methods[request.method as "GET"]
      : undefined;
    if (refusal) return render(failed(refusal), json, route.root);
    if (!handler)
      return render(
        failed({ status: 405, code: 20004, message: "Method not allowed" }),
        json,
        route.root,
      );
    return render(handler(world, request, caller.account, match[1] ?? ""), json, route.root);
  }
  return render(failed(notFound(request.path)), json, "error");
}

// What the caller as such may not do, whatever the request says.
function mayNot(
  { account, key }: Caller,
  { method, inFlight }: ApiRequest,
  below: string,
): ApiError | null {
  if (account.concurrency !== undefined && inFlight > account.concurrency) return tooManyRequests;
  if (account.kind === "test" && (method !== "POST" || below !== "/Messages")) {
    return {
      status: 403,
      code: 20008,
      message: "Resource not accessible with Test Account Credentials",
    };
  }
  if (account.status === "suspended" && method !== "GET")
    return { status: 401, code: 20005, message: "Account not active" };
  if (key?.kind === "restricted" && !(key.messages && below.startsWith("/Messages"))) {
    return { status: 403, code: 70051, message: "Authorization Failed" };
  }
  // A standard key reaches everything but the account itself.
  if (key && key.kind !== "main" && below === "") return unauthenticated;
  return null;
}

function create(world: World, { form }: ApiRequest, account: Account): Answer {
  const created = createMessage(account, form, { ...world, now: world.clock.now() });
  if (!created.ok) return failed(created.error);
  const body = messageBody(created.message);
  // Test credentials reach no phone, so nothing more happens to these.
  if (account.kind !== "test")
    world.deliveries.start(
      account,
      created.message,
      world.scriptFor(created.message),
      created.sendAt,
    );
  return { status: 201, body, note: `created ${created.message.sid} ${created.message.status}` };
}

function list(world: World, { path, query }: ApiRequest, account: Account): Answer {
  const rows = world.store.listed(account.sid, world.clock.now(), world.listLag);
  return found("list", listMessages(path, query, rows));
}

function read(world: World, { path }: ApiRequest, account: Account, sid: string): Answer {
  const message = world.store.get(account.sid, sid);
  return message ? found("message", messageBody(message)) : failed(notFound(path));
}

function update(world: World, { path, form }: ApiRequest, account: Account, sid: string): Answer {
  const message = world.store.get(account.sid, sid);
  return message
    ? found("update", updateMessage(message, form, world.store, world.clock.now()))
    : failed(notFound(path));
}

function remove(world: World, { path }: ApiRequest, account: Account, sid: string): Answer {
  const message = world.store.get(account.sid, sid);
  const error = message ? deleteMessage(message, world.store) : notFound(path);
  return error ? failed(error) : { status: 204, body: null, note: "deleted" };
}

function feedback(world: World, { path, form }: ApiRequest, account: Account, sid: string): Answer {
  const message = world.store.get(account.sid, sid);
  if (!message) return failed(notFound(path));
  const body = addFeedback(message, form, world.clock.now());
  return isApiError(body) ? failed(body) : { status: 201, body, note: "feedback" };
}

// The product API names no account in its path: the credentials tell whose service it is.
function handleProduct(world: World, request: ApiRequest): Reply {
  const answer = (error: ApiError) => render(failed(error), true, "error");
  const resource = productResource(request);
  if (resource === null) return answer(notFound(request.path));
  for (const account of world.accounts.values()) {
    if (!authenticate(account, request.authorization)) continue;
    if (request.method !== "GET")
      return answer({ status: 405, code: 20004, message: "Method not allowed" });
    const body = resource(account);
    return body ? render(found("service", body), true, "service") : answer(notFound(request.path));
  }
  return answer(unauthenticated);
}

function productResource({
  path,
  query,
  origin,
}: ApiRequest): ((account: Account) => Body | null) | null {
  if (path === "/v1/Services") return (account) => listServices(account, origin);
  if (path === "/v2/Channels/Senders")
    return (account) => listChannelSenders(account, query, origin);
  const [, sid, below] =
    /^\/v1\/Services\/(MG[0-9a-fA-F]{32})(?:\/([A-Za-z0-9/]+))?$/.exec(path) ?? [];
  if (sid === undefined) return null;
  return (account) => serviceResource(account, sid, below ?? "", origin);
}

function found(note: string, body: Body | ApiError): Answer {
  return isApiError(body) ? failed(body) : { status: 200, body, note };
}

function failed(error: ApiError): Answer {
  return { status: error.status, body: errorBody(error), note: `refused ${error.code}` };
}

function render({ status, body, note }: Answer, json: boolean, root: string): Reply {
  if (body === null) return { status, contentType: "application/json", body: "", note };
  const headers: Record<string, string> =
    status === 401 ? { "WWW-Authenticate": 'Basic realm="Twilio API"' } : {};
  if (json)
    return { status, contentType: "application/json", body: JSON.stringify(body), headers, note };
  const element = status < 400 ? root : "RestException";
  return { status, contentType: "application/xml", body: toXml(element, body), headers, note };
}
