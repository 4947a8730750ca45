// Runs vectors through the host shim, in any runtime: nothing here is Node's. It is the counterpart
// of tests/integration/vectors, written anew, so that a mistake in one shows in the other.

import type { Destination, EventInput, EventOptions, Fetch, Outcome } from "twilio-destination";

/** A vector, as its file holds it; tests/vectors/README.md describes the format. */
export interface Vector {
  description: string;
  settings: Json;
  now?: string;
  facts?: Json;
  before?: object[];
  event?: Json;
  row?: Json;
  json?: string;
  unreadable?: boolean;
  reply?: Reply;
  expect: {
    problems?: Place[];
    warnings?: Place[];
    decisions?: ExpectedDecision[];
    triggers?: ExpectedTrigger[];
    quietHours?: Json;
    outcomes?: Record<string, Json>[];
    conversions?: number;
    requests?: number;
    sent?: [string, string][][];
  };
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

interface Reply {
  type: "response" | "failure" | "notStarted";
  status?: number;
  headers?: [string, string][];
  body?: string;
  complete?: boolean;
  name?: string;
  code?: string | null;
  syscall?: string | null;
}

interface Place {
  code: string;
  path: string;
  cause?: string;
  fix?: string;
}

interface ExpectedWarning {
  code: string;
  parameter: string;
  cause?: string;
}

interface ExpectedDecision {
  type: "send" | "drop";
  mapping: string | null;
  warnings?: ExpectedWarning[];
  code?: string;
  path?: string | null;
  detail?: string | null;
  cause?: string;
  fix?: string;
  until?: string | null;
  form?: [string, string][];
  url?: string;
  headers?: [string, string][];
  body?: string;
  channel?: string;
  country?: string | null;
  segments?: Json;
  explain?: { parameter: string; setting: string; default?: boolean; paths?: string[] }[];
}

interface ExpectedTrigger {
  mapping: string;
  enabled?: boolean;
  matched: boolean;
  checks?: Json[];
}

/** The package, or the part of it that vectors need. */
export interface Package {
  createDestination(settings: never, host: { fetch: Fetch; now: () => number }): Destination;
  checkSettings(settings: unknown): { problems: Required<Place>[]; warnings: Required<Place>[] };
}

/** Everything that is not as the vector says; nothing if all is. */
export async function faultsOf(vector: Vector, library: Package): Promise<string[]> {
  const faults = new Faults();
  try {
    await runVector(vector, library, faults);
  } catch (error) {
    faults.list.push(`threw ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }
  return faults.list;
}

class Faults {
  readonly list: string[] = [];

  same(what: string, actual: unknown, expected: unknown): void {
    const [found, wanted] = [canonical(actual), canonical(expected)];
    if (found !== wanted) this.list.push(`${what}: expected ${wanted}, found ${found}`);
  }

  /** Compares only what is expected at all. */
  given(what: string, actual: unknown, expected: unknown): void {
    if (expected !== undefined) this.same(what, actual, expected);
  }
}

/** JSON whose members stand in the order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_name, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(
      Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)),
    );
  });
}

async function runVector(vector: Vector, library: Package, faults: Faults): Promise<void> {
  const { settings, expect } = vector;
  const report = library.checkSettings(settings);
  places("problems", report.problems, expect.problems ?? [], faults);
  places("warnings", report.warnings, expect.warnings ?? [], faults);
  secrets(settings, "report", report, faults);
  const fetch = new RecordingFetch();
  const now = vector.now === undefined ? 0 : Date.parse(vector.now);
  const host = { fetch: fetch.call, now: () => now };
  if (report.problems.length > 0) {
    refused(settings, report, library, host, faults);
    return;
  }
  const destination = library.createDestination(settings as never, host);
  faults.same("the destination's warnings", destination.warnings, report.warnings);
  const options: EventOptions = { row: vector.row !== undefined, now };
  if (vector.facts !== undefined) Object.assign(options, { facts: vector.facts });
  for (const [kind, event] of inputs(vector)) {
    // Each form of the event begins with a store of its own.
    const destination = library.createDestination(settings as never, host);
    fetch.reply = sent;
    for (const earlier of vector.before ?? []) await destination.send(earlier, { now });
    fetch.reply = vector.reply ?? sent;
    fetch.requests.length = 0;
    await runInput(vector, destination, event, options, fetch, {
      same: (what, actual, expected) => faults.same(`${kind}: ${what}`, actual, expected),
      given: (what, actual, expected) => faults.given(`${kind}: ${what}`, actual, expected),
      list: faults.list,
    });
  }
}

/** Settings with problems make no destination; the error lists them. */
function refused(
  settings: Json,
  report: { problems: Required<Place>[] },
  library: Package,
  host: { fetch: Fetch; now: () => number },
  faults: Faults,
): void {
  try {
    library.createDestination(settings as never, host);
    faults.list.push("the settings were not refused");
  } catch (error) {
    const { name, problems } = error as { name: string; problems: Place[] };
    faults.same(
      "the error",
      { name, problems },
      { name: "SettingsError", problems: report.problems },
    );
  }
}

/** The event in every form in which a host can hand it over. */
function inputs(vector: Vector): [kind: string, event: EventInput][] {
  if (vector.unreadable === true) {
    const throws = {
      get type(): never {
        throw new Error("no type today");
      },
    };
    return [["object", throws]];
  }
  const given = vector.event ?? vector.row;
  const text = vector.json ?? (given === undefined ? undefined : JSON.stringify(given));
  if (text === undefined) return [];
  const all: [string, EventInput][] = [
    ["text", text],
    ["bytes", new TextEncoder().encode(text)],
  ];
  const parsed = parse(text);
  if (typeof parsed === "object" && parsed !== null) all.push(["object", parsed]);
  return all;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function runInput(
  vector: Vector,
  destination: Destination,
  event: EventInput,
  options: EventOptions,
  fetch: RecordingFetch,
  faults: Faults,
): Promise<void> {
  const { settings, expect } = vector;
  const decisions = destination.decide(event, options);
  const preview = destination.preview(event, options);
  faults.same("the same twice", destination.decide(event, options), decisions);
  const wanted = expect.decisions ?? [];
  faults.same("decisions", decisions.length, wanted.length);
  faults.same("previewed decisions", preview.decisions.length, wanted.length);
  for (const [at, expected] of wanted.entries()) {
    checkDecision(decisions[at], preview.decisions[at], expected, faults);
  }
  faults.given("quiet hours", preview.quietHours, expect.quietHours);
  const conversions = preview.conversions.filter(({ matched }) => matched);
  faults.same("conversions", conversions.length, expect.conversions ?? 0);
  if (expect.triggers !== undefined) checkTriggers(preview.triggers, expect.triggers, faults);
  secrets(settings, "preview", preview, faults);
  // No fetch can say that it was not started.
  if (vector.reply?.type === "notStarted") return;
  // Enough time for a request, and for no wait.
  const deadline = (options.now ?? 0) + 1900;
  const outcomes = await destination.send(event, { ...options, deadline });
  checkOutcomes(outcomes, decisions, fetch, vector, faults);
  secrets(settings, "outcomes", outcomes, faults);
  const number = /\+\d{7,}/.exec(withoutFixes(outcomes));
  faults.same("a phone number in the outcomes", number?.[0], undefined);
}

type Decision = ReturnType<Destination["decide"]>[number];
type PreviewDecision = ReturnType<Destination["preview"]>["decisions"][number];

function checkDecision(
  decision: Decision | undefined,
  preview: PreviewDecision | undefined,
  expected: ExpectedDecision,
  faults: Faults,
): void {
  if (decision === undefined || preview === undefined) return;
  faults.same("type", decision.type, expected.type);
  faults.same("mapping", decision.mapping, expected.mapping);
  const warnings = expected.warnings ?? [];
  const shown = ({ code, parameter }: ExpectedWarning) => [code, parameter];
  faults.same("warnings", decision.warnings.map(shown), warnings.map(shown));
  for (const [at, { cause }] of warnings.entries()) {
    faults.given("a warning's cause", decision.warnings[at]?.cause, cause);
  }
  if (decision.type === "drop") {
    faults.same("preview", preview, decision);
    const { code, path, detail, cause, fix, until } = decision.reason;
    faults.same(
      "reason",
      [code, path, detail],
      [expected.code, expected.path ?? null, expected.detail ?? null],
    );
    faults.same("until", until, expected.until == null ? null : Date.parse(expected.until));
    faults.given("cause", cause, expected.cause);
    faults.given("fix", fix, expected.fix);
    return;
  }
  if (expected.type === "send" && preview.type === "send") {
    checkRequest(decision.request, expected, faults);
    checkPreview(decision, preview, expected, faults);
  }
}

interface HttpRequest {
  method: string;
  url: string;
  headers: [string, string][];
  body: string;
}

function checkRequest(request: HttpRequest, expected: ExpectedDecision, faults: Faults): void {
  const form = expected.form ?? [];
  const decoded = [...new URLSearchParams(request.body)];
  faults.same("form", decoded, form);
  faults.same("the form's encoding", request.body, new URLSearchParams(form).toString());
  faults.same("method", request.method, "POST");
  faults.given("url", request.url, expected.url);
  faults.given("headers", request.headers, expected.headers);
  faults.given("body", request.body, expected.body);
  const names = decoded.map(([name]) => name);
  faults.same("recipients", names.filter((name) => name === "To").length, 1);
  const senders = names.filter((name) => name === "From" || name === "MessagingServiceSid");
  faults.same("senders", senders.length, 1);
}

function checkPreview(
  decision: Extract<Decision, { type: "send" }>,
  preview: Extract<PreviewDecision, { type: "send" }>,
  expected: ExpectedDecision,
  faults: Faults,
): void {
  const [, type] = decision.request.headers;
  const hidden = [["Authorization", "Basic [hidden]"], type];
  faults.same("previewed request", preview.request, { ...decision.request, headers: hidden });
  faults.same("previewed warnings", preview.warnings, decision.warnings);
  faults.given("channel", preview.channel, expected.channel);
  faults.given("country", preview.country, expected.country);
  faults.given("segments", preview.segments, expected.segments);
  const explained = preview.explain.map(({ parameter, value }) => [parameter, value]);
  faults.same("what is explained", explained, expected.form);
  if (expected.explain === undefined) return;
  faults.same(
    "explain",
    preview.explain.map(({ parameter, setting, default: is, paths }) => [
      parameter,
      setting,
      is,
      paths,
    ]),
    expected.explain.map(({ parameter, setting, default: is, paths }) => [
      parameter,
      setting,
      is ?? false,
      paths ?? [],
    ]),
  );
}

function checkTriggers(
  actual: ReturnType<Destination["preview"]>["triggers"],
  expected: ExpectedTrigger[],
  faults: Faults,
): void {
  faults.same("triggers", actual.length, expected.length);
  for (const [at, { mapping, enabled, matched, checks }] of expected.entries()) {
    const trace = actual[at];
    const wanted = { mapping, enabled: enabled ?? true, matched, checks: checks ?? trace?.checks };
    faults.same("trigger", trace, wanted);
  }
}

/** Without events before, what is sent is what was decided. */
function sentAsDecided(
  outcomes: Outcome[],
  decisions: Decision[],
  fetch: RecordingFetch,
  vector: Vector,
  faults: Faults,
): void {
  const sends = decisions.filter((decision) => decision.type === "send");
  const count = vector.expect.requests ?? sends.length;
  faults.same(
    "requests",
    fetch.requests,
    sends.slice(0, count).map(({ request }) => request),
  );
  for (const [at, outcome] of outcomes.slice(0, decisions.length).entries()) {
    const decision = decisions[at];
    faults.same("an outcome's mapping", outcome.mapping, decision?.mapping);
    faults.same("an outcome's warnings", outcome.warnings, decision?.warnings);
    if (decision?.type === "drop")
      faults.same("outcome", outcome, { ...decision, type: "dropped" });
  }
}

function checkOutcomes(
  outcomes: Outcome[],
  decisions: Decision[],
  fetch: RecordingFetch,
  vector: Vector,
  faults: Faults,
): void {
  const conversions = vector.expect.conversions ?? 0;
  faults.same("outcomes", outcomes.length, decisions.length + conversions);
  if (vector.expect.sent === undefined) {
    sentAsDecided(outcomes, decisions, fetch, vector, faults);
  } else {
    const forms = fetch.requests.map(({ body }) => [...new URLSearchParams(body)]);
    faults.same("forms", forms, vector.expect.sent);
  }
  const expected = vector.expect.outcomes;
  if (expected === undefined) return;
  faults.same("expected outcomes", outcomes.length, expected.length);
  for (const [at, members] of expected.entries()) {
    const outcome = outcomes[at];
    if (outcome === undefined) continue;
    const inside = outcome.type === "dropped" ? outcome.reason : (outcome.reply ?? outcome);
    const flat: Record<string, unknown> = {
      ...inside,
      type: outcome.type,
      mapping: outcome.mapping,
    };
    for (const [name, value] of Object.entries(members)) {
      faults.same(`outcome, ${name}`, flat[name], value);
    }
  }
}

function places(what: string, actual: Place[], expected: Place[], faults: Faults): void {
  const shown = ({ code, path }: Place) => [code, path];
  faults.same(what, actual.map(shown), expected.map(shown));
  for (const [at, { cause, fix }] of expected.entries()) {
    faults.given(`${what}, cause`, actual[at]?.cause, cause);
    faults.given(`${what}, fix`, actual[at]?.fix, fix);
  }
}

function secrets(settings: Json, what: string, shown: unknown, faults: Faults): void {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) return;
  const { account_sid, auth_token, api_key_sid, api_key_secret, webhook_auth_tokens } = settings;
  const text = JSON.stringify(shown);
  for (const secret of [auth_token, api_key_secret, webhook_auth_tokens].flat()) {
    if (typeof secret !== "string" || secret.trim().length < 8) continue;
    const pairs = [account_sid, api_key_sid].map((user) => `${user}:${secret.trim()}`);
    for (const form of [secret.trim(), ...pairs.map((pair) => btoa(pair))]) {
      if (text.includes(form)) faults.list.push(`the ${what} holds a secret`);
    }
  }
}

/** Fixes hold examples of numbers, which are nobody's. */
function withoutFixes(value: unknown): string {
  return JSON.stringify(value, (name, member: unknown) => (name === "fix" ? undefined : member));
}

const sent: Reply = {
  type: "response",
  status: 201,
  body: '{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued","num_segments":"1"}',
};

/** A `fetch` that answers every request with one reply, and keeps the requests. */
class RecordingFetch {
  readonly requests: HttpRequest[] = [];
  readonly call: Fetch;

  reply = sent;

  constructor() {
    this.call = async (url, init) => {
      const { reply } = this;
      const { method = "", body = "" } = init;
      const headers = init.headers as [string, string][];
      this.requests.push({ method, url, headers: [...headers], body: String(body) });
      if (reply.type === "response") return response(reply);
      throw Object.assign(new Error("no answer"), {
        name: reply.name,
        cause: Object.assign(new Error(), { code: reply.code, syscall: reply.syscall }),
      });
    };
  }
}

/** An object like a `Response`: a real one takes no status below 200 or above 599. */
function response({ status, headers = [], body = "", complete = true }: Reply): Response {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(body));
      if (complete) controller.close();
    },
    pull(controller) {
      if (!complete) controller.error(new TypeError("terminated"));
    },
  });
  return { status, headers: new Headers(headers), body: stream } as unknown as Response;
}
