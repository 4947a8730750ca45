import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { parsePhoneNumber } from "twilio-destination";
import { begin, ended, file, parsed, peakMegabytes, run } from "./support.js";

describe("phone", () => {
  const texts = [
    "+44 7911 123456",
    "07911 123456 ext. 7",
    "020 7946 0958",
    "447911123456",
    "4.477E11",
    "Mr Smith",
    '"+44 7911 123456"',
    "+٤٤٧٩١١١٢٣٤٥٦",
    "0".repeat(2000),
  ];

  it("writes for each line what parsePhoneNumber() returns, from a file and from standard input", async () => {
    const policy = { defaultRegion: "GB", accept: "mobile" } as const;
    const input = `${texts.join("\n")}\n`;
    const expected = texts.map((text, index) => ({
      line: index + 1,
      ...parsePhoneNumber(text, policy),
    }));
    const args = ["phone", "--region", "GB", "--accept", "mobile"];
    const numbers = file(input);
    for (const result of [
      await run([...args, numbers]),
      await run(["phone", "--region=gb", "--accept=mobile", numbers]),
      await run(args, { input }),
      await run([...args, "-"], { input: input.trimEnd() }),
      await run(args, { input: input.replaceAll("\n", "\r\n") }),
      await run(args, { input: `\ufeff${input}` }),
    ]) {
      assert.equal(result.error, "");
      assert.equal(result.code, 0);
      assert.deepEqual(parsed(result.out), expected);
    }
    assert.deepEqual(
      expected.map(({ refusal }) => refusal?.code ?? "accepted"),
      [
        ...["accepted", "accepted", "not_mobile", "accepted", "scientific_notation"],
        ...["not_a_number", "accepted", "accepted", "input_too_long"],
      ],
    );
  });

  it("takes possible numbers of no country in particular unless it is told otherwise", async () => {
    const input = "+447700900123\n07911 123456\n";
    const codes = async (...args: string[]) =>
      verdicts((await run(["phone", ...args], { input })).out).map(({ refusal }) => refusal?.code);
    assert.deepEqual(await codes(), [undefined, "no_country_code"]);
    assert.deepEqual(await codes("--accept", "possible"), [undefined, "no_country_code"]);
    assert.deepEqual(await codes("--accept", "valid"), ["not_valid", "no_country_code"]);
    assert.deepEqual(await codes("--region", "GB"), [undefined, undefined]);
  });

  it("skips blank lines, but counts them", async () => {
    const { out } = await run(["phone"], { input: "\n\r\n+447911123456\n \n+447911123456" });
    assert.deepEqual(
      verdicts(out).map(({ line }) => line),
      [3, 5],
    );
  });

  it("repeats what stood in the line only with --show", async () => {
    const input = "Ada Lovelace\r\n+44 7911 123456\n\u0007\u001f\n";
    const plain = await run(["phone"], { input });
    assert.ok(!plain.out.includes("Ada") && !plain.out.includes("7911 "), plain.out);
    assert.ok(verdicts(plain.out).every((verdict) => verdict.text === undefined));
    const shown = await run(["phone", "--show"], { input });
    assert.deepEqual(
      verdicts(shown.out).map(({ line, text }) => [line, text]),
      [
        [1, "Ada Lovelace"],
        [2, "+44 7911 123456"],
        [3, "\u0007\u001f"],
      ],
    );
  });

  it("refuses bytes that are no text, also between digits", async () => {
    const input = Buffer.concat([
      Buffer.from("+44 7911 123456", "utf16le"),
      Buffer.from("\n"),
      Buffer.from("+447911\xa0123456\n+44 7911 123456\xff5\n", "latin1"),
    ]);
    const { code, out } = await run(["phone"], { input });
    assert.equal(code, 0);
    assert.deepEqual(
      verdicts(out).map(({ accepted }) => accepted),
      [false, false, false],
    );
  });

  it("answers a line before the next one comes, and keeps no line that is far too long", async () => {
    const child = begin(["phone"]);
    const result = ended(child);
    child.stdin.write("+447911123456\n");
    await once(child.stdout, "data");
    const part = Buffer.alloc(1 << 20, "7");
    for (let written = 0; written < 300; written += 1) {
      if (!child.stdin.write(part)) await once(child.stdin, "drain");
    }
    const peak = peakMegabytes(child.pid);
    child.stdin.end("\n+447911123456");
    assert.deepEqual(
      verdicts((await result).out).map(({ refusal }) => refusal?.code),
      [undefined, "input_too_long", undefined],
    );
    if (peak !== undefined) assert.ok(peak < 250, `${peak} MB`);
  });

  it("answers 50,000 lines", async () => {
    const count = 50_000;
    const input = Array.from({ length: count }, (_, index) => `07911 1${10_000 + index}\n`);
    const { code, out } = await run(["phone", "--region", "GB"], { input: input.join("") });
    assert.equal(code, 0);
    const last = verdicts(out).at(-1);
    assert.deepEqual([last?.line, last?.e164], [count, "+447911159999"]);
  });

  it("ends with 3 at a file that cannot be read", async () => {
    const { code, out, error } = await run(["phone", "no/such/file"]);
    assert.deepEqual({ code, out }, { code: 3, out: "" });
    assert.match(error, /`no\/such\/file` cannot be read: there is no such file/);
  });

  it("ends with 2 when it is called wrongly, and names what is known", async () => {
    for (const [args, reason] of [
      [
        ["--region", "UK"],
        /`UK` is not the code .*; did you mean `GB`\? Known are AC, .*, ZW; see/,
      ],
      [
        ["--region", "XX"],
        /`XX` is not the code .*; known are AC, AD, .*, GB, .*, US, .*, ZW; see/,
      ],
      [["--region", "GBR"], /`GBR` is not the code/],
      [["--region", " GB"], /` GB` is not the code/],
      [["--region", "001"], /`001` is not the code/],
      [["--region", ""], /`--region` needs a value: COUNTRY/],
      [["--accept", "Mobile"], /`Mobile` is not one of possible, valid, mobile; see/],
      [["--accept", "toString"], /`toString` is not one of possible, valid, mobile/],
      [["--path", "traits.mobile"], /`--path` needs `--identify`/],
      [["--identify", "--show"], /`--show` does not go with `--identify`/],
      [["--identify", "--path", "mobile"], /`mobile` is not a trait, such as traits\.mobile/],
      [["--identify", "--path", "traits.contact.mobile"], /is not a trait/],
      [["--identify", "--path", "traits"], /is not a trait/],
      [["--identify", "--path", "traits."], /is not a trait/],
      [["--identify", "--path", "properties.phone"], /is not a trait/],
      [["--settings", "x"], /there is no option `--settings`/],
      [["a", "b"], /`b` is one argument too many/],
    ] as const) {
      const { code, out, error } = await run(["phone", ...args]);
      assert.deepEqual({ code, out }, { code: 2, out: "" }, args.join(" "));
      assert.match(error, reason);
      assert.match(error, /twilio-destination phone --help/);
    }
  });

  it("tells in its help what the codes mean, and nothing of credentials", async () => {
    const { code, out } = await run(["phone", "--help"]);
    assert.equal(code, 0);
    assert.match(out, /Usage: twilio-destination phone \[FILE\] \[OPTION…\]/);
    for (const reason of Object.keys(leftAlone)) assert.ok(out.includes(reason), reason);
    assert.ok(!out.includes("TWILIO_AUTH_TOKEN"));
  });
});

/** Profiles that are left alone, by the reasons that the program itself has. */
const leftAlone: Readonly<Record<string, readonly string[]>> = {
  channel_address: [
    "whatsapp:+44 7911 123456",
    " WhatsApp:+447911123456",
    "messenger:4155552671",
  ].map((phone) => JSON.stringify({ userId: "u", traits: { phone } })),
  event_not_identify: ["track", "page", "screen", "group", "alias"].map((type) =>
    JSON.stringify({ type, userId: "u", traits: { phone: "07911 123456" } }),
  ),
  event_not_json: ["{", "07911 123456", "{'userId':'u'}"],
  event_not_object: ["[]", "null", '"07911 123456"', "7"],
  event_too_large: [
    JSON.stringify({ userId: "u", traits: { phone: "07911 123456" }, x: "x".repeat(1 << 20) }),
  ],
  has_extension: ['{"userId":"u","traits":{"phone":"+44 20 7946 0958 ext. 7"}}'],
  id_missing: [
    '{"traits":{"phone":"07911 123456"}}',
    '{"userId":null,"anonymousId":" ","traits":{"phone":"07911 123456"}}',
  ],
  id_not_text: [
    '{"userId":12345678901234567890,"traits":{"phone":"07911 123456"}}',
    '{"userId":7,"anonymousId":"a","traits":{"phone":"07911 123456"}}',
    '{"userId":"u","anonymousId":{},"traits":{"phone":"07911 123456"}}',
  ],
  recipient_missing: [
    "{}",
    '{"userId":"u"}',
    '{"userId":"u","traits":null}',
    '{"userId":"u","traits":"phone"}',
    '{"userId":"u","traits":["phone"]}',
    '{"userId":"u","traits":{}}',
    '{"userId":"u","traits":{"phone":null}}',
    '{"userId":"u","traits":{"phone":" "}}',
    '{"userId":"u","context":{"traits":{"phone":"07911 123456"}}}',
  ],
};

describe("phone --identify", () => {
  const identify = ["phone", "--identify", "--region", "GB"];
  const profile = (phone: unknown, ids: object = { userId: "u-1" }) =>
    `${JSON.stringify({ ...ids, traits: { name: "Ada", phone } })}\n`;

  it("writes the identify calls that correct profiles, and nothing else of them", async () => {
    const input = [
      profile("07911 123456"),
      profile("+44 (0) 7911 123457", { userId: "u-2", anonymousId: "a-2" }),
      profile(" +447911123458", { anonymousId: "a-3", userId: "" }),
      profile("+447911123459"),
      profile("n/a", { type: "identify", userId: "u-5", messageId: "m", context: {} }),
      profile("+44 78"),
      profile(447911123456),
      profile("07911 123456 / 07911 123457"),
      profile("+44 79"),
    ].join("");
    const { code, out, error } = await run(identify, { input });
    assert.equal(code, 0);
    assert.deepEqual(parsed(out), [
      { type: "identify", userId: "u-1", traits: { phone: "+447911123456" } },
      {
        type: "identify",
        userId: "u-2",
        anonymousId: "a-2",
        traits: { phone: "+447911123457" },
      },
      { type: "identify", anonymousId: "a-3", traits: { phone: "+447911123458" } },
    ]);
    assert.equal(
      error,
      `9 profiles: 3 to correct, 1 right already, 5 cannot be corrected
  2 too_short
  1 not_a_number
  1 not_text
  1 two_numbers
`,
    );
  });

  it("changes nothing more once the calls have been applied", async () => {
    const first = await run(identify, { input: profile("07911 123456") });
    const second = await run(identify, { input: first.out });
    assert.deepEqual([second.code, second.out], [0, ""]);
    assert.equal(second.error, "1 profile: 0 to correct, 1 right already, 0 cannot be corrected\n");
  });

  it("corrects only what the policy accepts", async () => {
    const input = profile("020 7946 0958") + profile("07700 900123") + profile("+442079460958");
    const { out, error } = await run([...identify, "--accept", "mobile"], { input });
    assert.equal(out, "");
    assert.match(error, / 3 cannot be corrected\n {2}2 not_mobile\n {2}1 not_valid\n$/);
  });

  it("takes the trait that --path names", async () => {
    for (const [path, trait] of [
      ["traits.mobile", "mobile"],
      ["$.traits.mobile phone", "mobile phone"],
      ['traits["work.phone"]', "work.phone"],
      ["traits['work=phone']", "work=phone"],
      ["traits.__proto__", "__proto__"],
      ["traits.constructor", "constructor"],
    ] as const) {
      const traits = `{${JSON.stringify(trait)}:"07911 123456","phone":"07911 000000"}`;
      const input = `{"userId":"u","traits":${traits}}\n{"userId":"u","traits":{}}\n`;
      const { out, error } = await run([...identify, `--path=${path}`], { input });
      const corrected = `{${JSON.stringify(trait)}:"+447911123456"}`;
      assert.equal(out, `{"type":"identify","userId":"u","traits":${corrected}}\n`);
      assert.match(error, / 1 recipient_missing\n$/);
    }
  });

  it("leaves alone what it could spoil", async () => {
    for (const [reason, lines] of Object.entries(leftAlone)) {
      const { code, out, error } = await run(identify, { input: lines.join("\n") });
      assert.deepEqual({ code, out }, { code: 0, out: "" }, reason);
      const { length } = lines;
      const profiles = length === 1 ? "1 profile" : `${length} profiles`;
      const summary = `0 to correct, 0 right already, ${length} cannot be corrected`;
      assert.equal(error, `${profiles}: ${summary}\n  ${length} ${reason}\n`);
    }
  });

  it("does not take a user whose id is no UTF-8 for another", async () => {
    const input = Buffer.from(profile("07911 123456", { userId: "Zo\xeb" }), "latin1");
    const { out, error } = await run(identify, { input });
    assert.equal(out, "");
    assert.match(error, / 1 event_not_json\n$/);
  });

  it("counts no profiles in an empty file", async () => {
    const { code, error } = await run([...identify, file("\n\n")]);
    assert.equal(code, 0);
    assert.equal(error, "no profiles: 0 to correct, 0 right already, 0 cannot be corrected\n");
  });
});

interface Line {
  readonly line: number;
  readonly text?: string;
  readonly accepted: boolean;
  readonly e164: string | null;
  readonly refusal: { readonly code: string } | null;
}

function verdicts(out: string): Line[] {
  return parsed(out) as Line[];
}
