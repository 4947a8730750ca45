// `perform` in Node: against real sockets, then against every kind of wrong `fetch`.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Fetch, type HttpRequest, perform } from "../../host-shim/perform.js";
import { closedPort, comparable, peers, request, start } from "./peers.js";

const anyRequest = request("https://api.twilio.com/");

describe("perform, against sockets", () => {
  for (const peer of peers) {
    it(peer.name, async () => {
      const running = await start(peer);
      try {
        const result = await perform(request(running.url), peer.timeoutMs ?? 10_000, fetch);
        if ("failure" in peer.expected) {
          assert.equal(result.type, "failure");
          const reported = result.type === "failure" ? (result.code ?? result.name) : "";
          assert.ok(peer.expected.failure.includes(reported), `reported as ${reported}`);
        } else {
          assert.deepEqual(comparable(result), peer.expected);
        }
        // A peer that hangs up at once has read nothing; every other has had one request, no more.
        assert.equal(running.requests.length, peer.onConnection === undefined ? 1 : 0);
      } finally {
        await running.close();
      }
    });
  }

  it("sends every field as it is and returns every header", async () => {
    const answer = "HTTP/1.1 201 Created\r\nTwilio-Request-Id: RQ1\r\nX-Two: a\r\nX-Two: b\r\n\r\n";
    const running = await start({
      name: "headers",
      answer: (socket) => socket.end(answer),
      expected: { status: 201, body: "", complete: true },
    });
    const result = await perform(request(running.url), 10_000, fetch);
    await running.close();
    const [sent = ""] = running.requests;
    assert.match(sent, /^POST \/2010-04-01\/Accounts\/AC0\/Messages\.json HTTP\/1\.1\r\n/);
    assert.match(sent, /\r\nauthorization: Basic QUMwOnRva2Vu\r\n/i);
    assert.match(sent, /\r\ncontent-type: application\/x-www-form-urlencoded\r\n/i);
    assert.ok(sent.endsWith("\r\n\r\nTo=%2B447700900123&Body=Hi+%C3%A9"));
    assert.deepEqual(result.type === "response" && result.headers, [
      ["twilio-request-id", "RQ1"],
      ["x-two", "a, b"],
    ]);
  });

  it("sends a GET, which has no body", async () => {
    const running = await start({
      name: "get",
      answer: (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
      expected: { status: 200, body: "{}", complete: true },
    });
    const get: HttpRequest = { ...request(running.url), method: "GET", headers: [], body: null };
    const result = await perform(get, 10_000, fetch);
    await running.close();
    assert.deepEqual(comparable(result), { status: 200, body: "{}", complete: true });
    assert.match(running.requests[0] ?? "", /^GET .*\r\n\r\n$/s);
  });

  it("a refused connection", async () => {
    const port = await closedPort();
    const result = await perform(request(`http://127.0.0.1:${port}/`), 10_000, fetch);
    assert.deepEqual(result, {
      type: "failure",
      name: "TypeError",
      code: "ECONNREFUSED",
      syscall: "connect",
    });
  });

  it("a refused connection on every address of a name", async () => {
    const port = await closedPort();
    const result = await perform(request(`http://localhost:${port}/`), 10_000, fetch);
    assert.deepEqual(result, {
      type: "failure",
      name: "TypeError",
      code: "ECONNREFUSED",
      syscall: "connect",
    });
  });

  it("a name that does not resolve", async () => {
    const result = await perform(request("http://no-such-host.invalid/"), 20_000, fetch);
    assert.equal(result.type, "failure");
    // Without any network the resolver itself cannot be asked.
    assert.ok(result.type === "failure" && /^(ENOTFOUND|EAI_AGAIN)$/.test(result.code ?? ""));
  });

  it("an address that is none", async () => {
    const result = await perform(request("not a url"), 10_000, fetch);
    assert.deepEqual(result, {
      type: "failure",
      name: "TypeError",
      code: "ERR_INVALID_URL",
      syscall: null,
    });
  });
});

describe("perform, against a `fetch` that fails", () => {
  const failure = (name: string, code: string | null = null, syscall: string | null = null) => ({
    type: "failure",
    name,
    code,
    syscall,
  });
  const withCode = (code: unknown, cause?: unknown) =>
    Object.assign(new Error("to +447700900123", { cause }), { code });
  const attempt = (code: string, syscall = "connect") =>
    Object.assign(new Error("to +447700900123"), { code, syscall });
  const cyclic = new Error("round");
  cyclic.cause = cyclic;
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error("no");
      },
    },
  );
  class FetchError extends Error {}

  const thrown: [what: string, value: unknown, expected: unknown][] = [
    ["an opaque TypeError", new TypeError("Failed to fetch"), failure("TypeError")],
    ["an error with a code", withCode("ECONNRESET"), failure("Error", "ECONNRESET")],
    [
      "a code in the cause of the cause",
      new TypeError("x", { cause: new Error("y", { cause: withCode("EPIPE") }) }),
      failure("TypeError", "EPIPE"),
    ],
    [
      "the nearest code of several",
      withCode("UND_ERR_SOCKET", withCode("ECONNREFUSED")),
      failure("Error", "UND_ERR_SOCKET"),
    ],
    [
      "attempts that agree",
      new TypeError("x", { cause: new AggregateError([withCode("EX"), withCode("EX")]) }),
      failure("TypeError", "EX"),
    ],
    [
      "attempts that differ",
      new AggregateError([withCode("ECONNREFUSED"), withCode("ECONNRESET")]),
      failure("AggregateError"),
    ],
    [
      "attempts that differ in all but the system call",
      new AggregateError([attempt("ETIMEDOUT"), attempt("ENETUNREACH")]),
      failure("AggregateError", null, "connect"),
    ],
    [
      "attempts under the code of the first",
      Object.assign(new AggregateError([attempt("ETIMEDOUT"), attempt("ENETUNREACH")]), {
        code: "ETIMEDOUT",
      }),
      failure("AggregateError", "ETIMEDOUT", "connect"),
    ],
    [
      "attempts that differ in the system call",
      new AggregateError([attempt("ECONNRESET"), attempt("ECONNRESET", "read")]),
      failure("AggregateError", "ECONNRESET"),
    ],
    [
      "a system call beside no code",
      Object.assign(new Error("x", { cause: attempt("EPIPE", "write") }), { syscall: "connect" }),
      failure("Error", "EPIPE", "write"),
    ],
    ["no attempts", new AggregateError([]), failure("AggregateError")],
    ["a cause that is its own", cyclic, failure("Error")],
    ["a DOMException", new DOMException("x", "AbortError"), failure("AbortError")],
    ["a code that is a sentence", withCode("to +447700900123"), failure("Error")],
    ["a code that is a number", withCode(20), failure("Error")],
    [
      "a name that is a sentence",
      Object.assign(new FetchError("x"), { name: "to +447700900123" }),
      failure("FetchError"),
    ],
    ["a string", "token 0123456789abcdef", failure("String")],
    ["undefined", undefined, failure("undefined")],
    ["null", null, failure("object")],
    ["an object without a class", Object.create(null), failure("object")],
    ["an object that refuses to be read", hostile, failure("object")],
  ];
  for (const [what, value, expected] of thrown) {
    it(`rejects with ${what}`, async () => {
      assert.deepEqual(await perform(anyRequest, 1000, () => Promise.reject(value)), expected);
    });
    it(`throws ${what}`, async () => {
      const result = await perform(anyRequest, 1000, () => {
        throw value;
      });
      assert.deepEqual(result, expected);
    });
  }

  const answers: [what: string, value: unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["a string", "201"],
    ["an empty object", {}],
    ["a status that is text", { status: "201" }],
    ["a status that is no number", { status: Number.NaN }],
    ["a network error's response", Response.error()],
    ["an object that refuses to be read", hostile],
  ];
  for (const [what, value] of answers) {
    it(`answers ${what}`, async () => {
      const result = await perform(anyRequest, 1000, async () => value as Response);
      // A value that refuses to be read may fail while it is awaited or when it is looked at.
      const expected = [failure("InvalidResponse"), failure("Error")];
      assert.ok(expected.some((one) => JSON.stringify(one) === JSON.stringify(result)));
    });
  }

  it("never settles", async () => {
    const result = await perform(anyRequest, 20, () => new Promise(() => {}));
    assert.deepEqual(result, failure("TimeoutError"));
  });

  it("rejects after the timeout, which nobody hears", async () => {
    const late: Fetch = () =>
      new Promise((_, fail) => setTimeout(() => fail(new Error("late")), 40));
    assert.deepEqual(await perform(anyRequest, 10, late), failure("TimeoutError"));
    await new Promise((done) => setTimeout(done, 60));
  });

  it("reports a request whose fields cannot be read", async () => {
    const broken = { ...anyRequest, headers: null } as unknown as HttpRequest;
    assert.deepEqual(await perform(broken, 1000, fetch), failure("TypeError"));
  });
});

describe("perform, once the status is known", () => {
  const answering =
    (response: unknown): Fetch =>
    async () =>
      response as Response;
  const created = { status: 201, headers: new Headers({ "X-A": "1" }) };
  const response = (headers: unknown, body: string, complete: boolean) => ({
    type: "response",
    status: 201,
    headers,
    body,
    complete,
  });
  const headers = [["x-a", "1"]];

  const cases: [what: string, answer: unknown, expected: unknown][] = [
    [
      "headers of another kind",
      { status: 201, headers: { "x-a": "1" }, text: async () => "ok" },
      response([], "ok", true),
    ],
    ["no way to read a body", created, response(headers, "", false)],
    ["text only", { ...created, text: async () => "ok" }, response(headers, "ok", true)],
    [
      "too much text",
      { ...created, text: async () => "x".repeat(70_000) },
      response(headers, "x".repeat(65_536), false),
    ],
    [
      "text that fails",
      { ...created, text: () => Promise.reject(new Error("cut")) },
      response(headers, "", false),
    ],
    [
      "text that never comes",
      { ...created, text: () => new Promise(() => {}) },
      response(headers, "", false),
    ],
    [
      "headers with capitals",
      { status: 201, headers: new Map([["X-A", "1"]]), text: async () => "ok" },
      response(headers, "ok", true),
    ],
    [
      "a stream that stalls and ignores the signal",
      {
        ...created,
        body: new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode("ok")) }),
      },
      response(headers, "ok", false),
    ],
    [
      "a stream of something else",
      { ...created, body: new ReadableStream({ start: (to) => to.enqueue("text") }) },
      response(headers, "", false),
    ],
    [
      "a stream that fails",
      {
        ...created,
        body: new ReadableStream({
          pull: (to) => {
            to.error(new Error("cut"));
          },
        }),
      },
      response(headers, "", false),
    ],
  ];
  for (const [what, answer, expected] of cases) {
    it(what, async () => {
      assert.deepEqual(await perform(anyRequest, 50, answering(answer)), expected);
    });
  }

  it("a body that is already taken", async () => {
    const taken = new Response("ok", { status: 201 });
    await taken.text();
    const result = await perform(anyRequest, 50, answering(taken));
    assert.deepEqual(comparable(result), { status: 201, body: "", complete: false });
  });
});

describe("perform, its timer and signal", () => {
  const recorded: (AbortSignal | null | undefined)[] = [];
  const recording: Fetch = async (_, { signal }) => {
    recorded.push(signal);
    return new Response("ok");
  };

  it("gives every call a signal of its own, not aborted by an earlier timeout", async () => {
    await perform(anyRequest, 10, (_, init) => {
      recorded.push(init.signal);
      return new Promise(() => {});
    });
    await perform(anyRequest, 1000, recording);
    const [first, second] = recorded;
    assert.notEqual(first, second);
    assert.equal(first?.aborted, true);
    assert.equal(second?.aborted, false);
  });

  it("leaves no timer behind, however it ends", async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    await perform(anyRequest, 60_000, recording);
    await perform(anyRequest, 60_000, () => Promise.reject(new Error("x")));
    await perform(anyRequest, 60_000, async () => ({}) as Response);
    assert.equal(timers(), before);
  });

  it("does not take a very long timeout for none", async () => {
    const slow: Fetch = () => new Promise((done) => setTimeout(() => done(new Response("ok")), 30));
    for (const timeout of [2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY]) {
      const result = await perform(anyRequest, timeout, slow);
      assert.equal(result.type, "response");
    }
  });

  it("keeps the time where there is no AbortController", async (test) => {
    const { AbortController: real } = globalThis;
    test.after(() => Object.assign(globalThis, { AbortController: real }));
    Object.assign(globalThis, { AbortController: undefined });
    let keys: string[] = [];
    const result = await perform(anyRequest, 10, (_, init) => {
      keys = Object.keys(init);
      return new Promise(() => {});
    });
    assert.deepEqual(result, {
      type: "failure",
      name: "TimeoutError",
      code: null,
      syscall: null,
    });
    assert.deepEqual(keys, ["method", "headers", "body", "redirect"]);
  });
});
