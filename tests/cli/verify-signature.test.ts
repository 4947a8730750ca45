import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { begin, ended, file, parsed, peakMegabytes, run, token } from "./support.js";

interface Vector {
  readonly name: string;
  readonly token: string;
  readonly url: string;
  readonly signature: string;
  readonly valid: boolean;
}

interface Verdict {
  readonly line: number;
  readonly valid: boolean;
  readonly code: string | null;
  readonly cause: string | null;
  readonly fix: string | null;
}

const vectors = JSON.parse(
  readFileSync(new URL("../data/signature_vectors.json", import.meta.url), "utf8"),
) as Vector[];
const right = vectors[0] as Vector;

const lines = (values: readonly unknown[]) =>
  values.map((value) => `${typeof value === "string" ? value : JSON.stringify(value)}\n`).join("");
const verdicts = (out: string) => parsed(out) as Verdict[];

describe("verify-signature", () => {
  it("gives a verdict on each published signature, from a file and from standard input", async () => {
    const input = lines(vectors);
    for (const result of [
      await run(["verify-signature", file(input)]),
      await run(["verify-signature"], { input }),
      await run(["verify-signature", "-"], { input: `\ufeff${input.replaceAll("\n", "\r\n")}` }),
    ]) {
      assert.deepEqual([result.code, result.error], [0, ""]);
      const found = verdicts(result.out);
      assert.deepEqual(
        found.map(({ line, valid }) => ({ line, valid })),
        vectors.map(({ valid }, index) => ({ line: index + 1, valid })),
      );
      for (const { valid, code, cause, fix } of found) {
        if (valid) assert.deepEqual([code, cause, fix], [null, null, null]);
        else assert.ok(code && cause?.endsWith(".") && fix?.endsWith("."));
      }
    }
  });

  it("takes the token from the environment where a line has none", async () => {
    const { token: vectorToken, ...rest } = right;
    const input = lines([rest, { ...rest, token: "another" }]);
    const codes = async (environment: Record<string, string>) =>
      verdicts((await run(["verify-signature"], { input, environment })).out).map(
        ({ code }) => code,
      );
    assert.deepEqual(await codes({ TWILIO_AUTH_TOKEN: vectorToken }), [null, "signature_wrong"]);
    assert.deepEqual(await codes({ TWILIO_AUTH_TOKEN: token }), [
      "signature_wrong",
      "signature_wrong",
    ]);
    assert.deepEqual(await codes({ TWILIO_AUTH_TOKEN: "" }), ["token_missing", "signature_wrong"]);
    assert.deepEqual(await codes({}), ["token_missing", "signature_wrong"]);
  });

  it("goes on after lines that are no webhooks, and skips blank ones", async () => {
    const input = Buffer.concat([
      Buffer.from(
        lines([
          "{",
          "[]",
          "null",
          "",
          right,
          { ...right, url: "/relative" },
          { ...right, signature: "" },
          { ...right, params: { a: 1 } },
          { ...right, body: "x".repeat(70_000), params: null },
          `{"url":"${"x".repeat(2_000_000)}"}`,
        ]),
      ),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(JSON.stringify(right)),
    ]);
    const { code, out } = await run(["verify-signature"], { input });
    assert.equal(code, 0);
    assert.deepEqual(
      verdicts(out).map((verdict) => [verdict.line, verdict.code]),
      [
        [1, "input_invalid"],
        [2, "input_invalid"],
        [3, "input_invalid"],
        [5, null],
        [6, "url_invalid"],
        [7, "signature_missing"],
        [8, "input_invalid"],
        [9, "body_too_large"],
        [10, "input_invalid"],
        [11, "input_invalid"],
        [12, null],
      ],
    );
  });

  it("writes no token, parameter or body", async () => {
    const secret = { ...right, token, params: { To: "+447700900123", Body: "private" } };
    const input = lines([secret, { ...secret, params: null, body: "private +447700900123" }]);
    const { out, error } = await run(["verify-signature"], { input });
    assert.equal(verdicts(out).length, 2);
    assert.doesNotMatch(out + error, /7700900123|private|5ec2e7/);
  });

  it("answers each line before the next has come, with little memory", async (test) => {
    const child = begin(["verify-signature"]);
    const result = ended(child);
    for (let count = 0; count < 3; count += 1) {
      child.stdin.write(lines([right]));
      const [chunk] = (await once(child.stdout, "data")) as [Buffer];
      assert.equal(verdicts(chunk.toString()).at(-1)?.line, count + 1);
    }
    const block = lines(Array.from({ length: 1000 }, () => right));
    for (let count = 0; count < 40; count += 1) {
      if (!child.stdin.write(block)) await once(child.stdin, "drain");
    }
    const peak = peakMegabytes(child.pid);
    child.stdin.end();
    const found = verdicts((await result).out);
    assert.equal(found.length, 40_003);
    assert.ok(found.every(({ valid }) => valid));
    test.diagnostic(`${peak} MB at most`);
    assert.ok(peak === undefined || peak < 200);
  });

  it("ends as the other commands do where it is called wrongly or a file is missing", async () => {
    assert.equal((await run(["verify-signature", "a", "b"])).code, 2);
    assert.equal((await run(["verify-signature", "no-such-file"])).code, 3);
    assert.equal((await run(["verify-signature", "--auth-token=x"])).code, 2);
    assert.match(
      (await run(["verify-signature", "--help"])).out,
      /Usage: twilio-destination verify-signature \[WEBHOOKS\]/,
    );
  });
});
