// Many events at once: reading them, deciding them, and the table that comes of it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import papaparse from "papaparse";
import { checkSettings, createDestination } from "twilio-destination";
import { CsvReader, type CsvRow, detectDelimiter } from "../../www/lib/batch/csv.js";
import { csvLines, jsonLines } from "../../www/lib/batch/download.js";
import type { FromBatchWorker } from "../../www/lib/batch/protocol.js";
import { type BatchRecord, detectFormat, recordReader } from "../../www/lib/batch/records.js";
import { type BatchRow, maskNumber, matches } from "../../www/lib/batch/rows.js";
import { type BatchWork, runBatch } from "../../www/lib/batch/run.js";
import { serveBatch, type WorkerScope } from "../../www/lib/batch/serve.js";
import { event, settings } from "./support.js";

const now = Date.parse("2026-01-15T12:00:00Z");
const host = { fetch: () => Promise.reject(new Error("nothing is sent")), now: () => now };
const destination = createDestination(settings as never, host);
const decide = (json: string, row: boolean) => destination.preview(json, { row });

describe("CSV", () => {
  const cells = (text: string, delimiter = ",", parts = [text]) => {
    const reader = new CsvReader(delimiter);
    const rows: CsvRow[] = parts.flatMap((part) => [...reader.push(part)]);
    return [...rows, ...reader.end()];
  };
  const text = fc
    .array(
      fc.constantFrom("a", "é", "1", " ", '"', '""', ",", ";", "\t", "|", "\n", "\r\n", "\r"),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(""));

  it("is read as Papa Parse reads it", () => {
    let compared = 0;
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(",", ";", "\t", "|"),
        fc.constantFrom("\n", "\r\n", "\r"),
        (text, delimiter, newline) => {
          const own = text.replace(/\r\n|\r|\n/g, newline);
          const rows = cells(own, delimiter);
          if (rows.some(({ misquoted }) => misquoted)) return;
          const { data } = papaparse.parse<string[]>(own, { delimiter, newline });
          const blank = (row: readonly string[]) => row.length === 1 && row[0]?.trim() === "";
          const shown = rows.map(({ cells }) => cells).filter((row) => !blank(row));
          assert.deepEqual(
            shown,
            data.filter((row) => !blank(row)),
          );
          compared += 1;
        },
      ),
      { numRuns: 3000 },
    );
    assert.ok(compared > 500, `${compared}`);
  });

  it("is the same in any parts", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 4 }), (text, size) => {
        const parts = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
        assert.deepEqual(cells(text, ",", parts), cells(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("that was written with quotes is read back", () => {
    const table = fc.array(
      fc.array(fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ") }), {
        minLength: 2,
        maxLength: 3,
      }),
    );
    fc.assert(
      fc.property(table, (table) => {
        const quoted = table.map((row) =>
          row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(","),
        );
        assert.deepEqual(
          cells(quoted.join("\r\n")).map(({ cells }) => cells),
          table,
        );
      }),
    );
  });

  it("has lines that are counted as editors do", () => {
    const rows = cells('a\r\n\r\n"b\r\nc\n",d\n\re\n"f');
    assert.deepEqual(
      rows.map(({ line, misquoted }) => [line, misquoted]),
      [
        [1, false],
        [3, false],
        [7, false],
        [8, true],
      ],
    );
  });

  it("has the delimiter that stands in its first line", () => {
    const cases: [string, string][] = [
      ["to;body\n1,2,3", ";"],
      ["to\tbody", "\t"],
      ['"a,b,c"|d', "|"],
      ["to", ","],
      ["", ","],
    ];
    for (const [start, delimiter] of cases) assert.equal(detectDelimiter(start), delimiter);
  });
});

describe("records", () => {
  const read = (text: string): BatchRecord[] => {
    const reader = recordReader(text, detectFormat(text));
    return [...reader.push(text), ...reader.end()];
  };

  it("of CSV are rows by their columns' names", () => {
    assert.deepEqual(read('to, body \r\n+447911123456,"Hi, Ada"\r\n+4479\r\n'), [
      { line: 2, json: '{"to":"+447911123456","body":"Hi, Ada"}' },
      { line: 3, json: '{"to":"+4479"}' },
    ]);
    assert.deepEqual(read("__proto__,to\n1,2"), [{ line: 2, json: '{"__proto__":"1","to":"2"}' }]);
  });

  it("of JSON are lines", () => {
    assert.deepEqual(read('\ufeff{"a":1}\n\n {"b":2}\r\n'), [
      { line: 1, json: '\ufeff{"a":1}' },
      { line: 3, json: ' {"b":2}\r' },
    ]);
  });

  it("that cannot be read say so, and the others are read", () => {
    const codes = read('to,to,,body\n1,2,3,4,5\n"1"2\n1,2\n"open\n').map((record) =>
      "fault" in record ? [record.line, record.fault.code] : [record.line, record.json],
    );
    assert.deepEqual(codes, [
      [1, "column_repeated"],
      [1, "column_unnamed"],
      [2, "too_many_cells"],
      [3, "quote_misplaced"],
      [4, '{"to":"2"}'],
      [5, "quote_misplaced"],
    ]);
  });

  it("take no more memory than one may", () => {
    for (const start of ["{", 'to,body\n"']) {
      const reader = recordReader(start, detectFormat(start));
      let records = [...reader.push(start)];
      for (let part = 0; part < 40; part += 1)
        records = [...records, ...reader.push("x".repeat(100_000))];
      records = [...records, ...reader.end()];
      assert.equal(records.length, 1);
      const [record] = records;
      assert.ok(record !== undefined && JSON.stringify(record).length <= (1 << 20) + 100);
      if (start === "{") continue;
      assert.deepEqual("fault" in record && record.fault.code, "row_too_long");
    }
  });
});

describe("a run", () => {
  const run = async (text: string, work: Partial<BatchWork> = {}) => {
    const rows: BatchRow[] = [];
    const source = new Blob([text]);
    const take = (progress: { rows: readonly BatchRow[] }) => rows.push(...progress.rows);
    const counts = await runBatch({ source, ...work }, decide, take, new AbortController().signal);
    return { rows, counts };
  };

  it("decides each line and counts the reasons", async () => {
    const lines = [
      event,
      { ...event, event: "Other" },
      { type: "track", event: "Order Completed" },
    ];
    const { rows, counts } = await run(
      `${lines.map((line) => JSON.stringify(line)).join("\n")}\nnonsense`,
    );
    assert.deepEqual(
      rows.map(({ line, type, code, to, body, segments, country }) => [
        line,
        type,
        code,
        to,
        body,
        segments,
        country,
      ]),
      [
        [1, "send", null, "+447••••••456", "Hi Ada", 1, "GB"],
        [2, "drop", "no_mapping_matched", null, null, null, null],
        [3, "drop", "recipient_missing", null, null, null, null],
        [4, "drop", "event_not_json", null, null, null, null],
      ],
    );
    const byCode = { event_not_json: 1, no_mapping_matched: 1, recipient_missing: 1 };
    assert.deepEqual(counts, { records: 4, sends: 1, drops: 3, faults: 0, segments: 1, byCode });
  });

  it("takes CSV for rows, with a mark before it and any delimiter", async () => {
    const { rows } = await run('\ufeffto;body\r\n+447911123456;"Hi; you"\r\n;x', {
      showPhones: true,
    });
    assert.deepEqual(
      rows.map(({ type, code, to, body }) => [type, code, to, body]),
      [
        ["send", null, "+447911123456", "Hi; you"],
        ["drop", "recipient_missing", null, null],
      ],
    );
  });

  it("hands ten thousand over in small parts, and gives others their turn", async () => {
    const line = `${JSON.stringify(event)}\n`;
    let turns = 0;
    let parts = 0;
    const tick = setInterval(() => {
      turns += 1;
    }, 0);
    const source = new Blob([line.repeat(10_000)]);
    const counts = await runBatch(
      { source },
      decide,
      ({ rows, bytes, totalBytes }) => {
        parts += 1;
        assert.ok(rows.length <= 200 && bytes <= totalBytes);
      },
      new AbortController().signal,
    );
    clearInterval(tick);
    assert.equal(counts.sends, 10_000);
    assert.equal(parts, 51);
    assert.ok(turns > 10, `${turns}`);
  });

  it("reads no further once it is cancelled", async () => {
    const abort = new AbortController();
    let decided = 0;
    const count = (json: string, row: boolean) => {
      decided += 1;
      return decide(json, row);
    };
    const source = new Blob([`${JSON.stringify(event)}\n`.repeat(5000)]);
    const running = runBatch({ source }, count, () => abort.abort(), abort.signal);
    await assert.rejects(running, { name: "AbortError" });
    assert.equal(decided, 200);
  });
});

describe("the worker's side", () => {
  const open = () => {
    const said: FromBatchWorker[] = [];
    let wake = () => {};
    const scope: WorkerScope = {
      onmessage: null,
      postMessage: (message) => {
        said.push(structuredClone(message));
        wake();
      },
    };
    let freed = 0;
    serveBatch(scope, async (settings) => {
      const { problems } = checkSettings(settings);
      if (problems.length > 0) return { problems };
      const destination = createDestination(settings as never, host);
      return {
        preview: (json, row, now) => destination.preview(json, { row, now }),
        free: () => {
          freed += 1;
        },
      };
    });
    const until = async (type: string, run: number) => {
      while (!said.some((message) => message.type === type && message.run === run)) {
        await new Promise<void>((done) => {
          wake = done;
        });
      }
    };
    const start = (run: number, text: string, used: unknown = settings) => {
      const work = { source: new Blob([text]) };
      scope.onmessage?.({ data: { type: "start", run, work, settings: used, now } });
    };
    return { said, scope, start, until, freed: () => freed };
  };
  const many = `${JSON.stringify(event)}\n`.repeat(3000);

  it("tells of progress and of the end", async () => {
    const { said, start, until, freed } = open();
    start(1, many);
    await until("end", 1);
    const rows = said.flatMap((message) => (message.type === "progress" ? message.rows : []));
    assert.equal(rows.length, 3000);
    assert.equal(freed(), 1);
  });

  it("cancels when told, and when other work comes", async () => {
    const { said, scope, start, until, freed } = open();
    start(1, many);
    await until("progress", 1);
    scope.onmessage?.({ data: { type: "cancel", run: 1 } });
    await until("cancelled", 1);
    start(2, many);
    await until("progress", 2);
    start(3, JSON.stringify(event));
    await until("end", 3);
    await until("cancelled", 2);
    assert.ok(!said.some(({ type, run }) => type === "end" && run < 3));
    assert.equal(freed(), 3);
  });

  it("says what is wrong with settings, and with a file", async () => {
    const { said, scope, start, until } = open();
    start(1, many, {});
    await until("refused", 1);
    const gone = {
      stream: () =>
        new ReadableStream({ pull: (stream) => stream.error(new Error("The file is gone.")) }),
      size: 1,
    };
    const work = { source: gone as Blob };
    scope.onmessage?.({ data: { type: "start", run: 2, work, settings, now } });
    await until("failed", 2);
    assert.deepEqual(said.at(-1), { type: "failed", run: 2, cause: "The file is gone." });
  });
});

describe("the table", () => {
  const row: BatchRow = {
    line: 3,
    type: "send",
    code: null,
    cause: null,
    fix: null,
    mapping: "Order",
    to: "+447••••••456",
    country: "GB",
    body: "Hi Ada",
    segments: 1,
    warnings: ["body_truncated"],
  };

  it("is filtered by what is given", () => {
    const found = [
      {},
      { type: "send" },
      { search: " ADA" },
      { search: "truncated" },
      { mapping: "Order" },
    ] as const;
    for (const filter of found) assert.ok(matches(row, filter), JSON.stringify(filter));
    const not = [
      { type: "drop" },
      { code: "x" },
      { mapping: "1" },
      { search: "Bob" },
      { type: "send", search: "Bob" },
    ] as const;
    for (const filter of not) assert.ok(!matches(row, filter), JSON.stringify(filter));
  });

  it("hides the digits in between", () => {
    assert.equal(maskNumber("whatsapp:+447911123456"), "whatsapp:+447••••••456");
    assert.equal(maskNumber("+1 (202) 456-1111"), "+1 (20•) •••-•111");
  });

  it("comes as JSON, and as CSV that no spreadsheet runs", () => {
    assert.deepEqual(
      [...jsonLines([row])].map((line) => JSON.parse(line)),
      [row],
    );
    for (const start of ["=", "+", "-", "@", " =", "\t=", "\t", "\r", "＝", "\u200b="]) {
      const body = `${start}1+1,"x"\ny`;
      const written = [...csvLines([{ ...row, to: null, body }])].join("");
      const { data } = papaparse.parse<string[]>(written, {
        newline: "\r\n",
        skipEmptyLines: true,
      });
      assert.equal(data[1]?.[8], `'${body}`);
    }
    assert.match(
      [...csvLines([row])][1] ?? "",
      /^3,send,,,,Order,'\+447••••••456,GB,Hi Ada,1,body_truncated\r\n$/,
    );
  });
});
