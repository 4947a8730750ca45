import type { AccountKind, AccountOptions } from "./accounts.js";

/** Three accounts to start with. Nothing here opens anything: no such SID or token exists at Twilio. */
export const sampleAccounts: Readonly<Record<AccountKind, AccountOptions>> = {
  live: {
    kind: "live",
    sid: `AC${"1".repeat(32)}`,
    authToken: "1".repeat(32),
    apiKeys: [{ sid: `SK${"1".repeat(32)}`, secret: "stand-in-secret" }],
    senders: [
      { address: "+14155551234", sms: true, mms: true },
      { address: "+12025550142", sms: true, mms: true },
      { address: "+447700900000", sms: true },
      { address: "+12025550199", sms: false },
      { address: "55555", sms: true, mms: true },
      { address: "whatsapp:+14155551234", sms: true, mms: true },
    ],
    services: [
      {
        sid: `MG${"1".repeat(32)}`,
        senders: ["+14155551234", "+447700900000"],
        linkShortening: true,
        advancedOptOut: true,
        a2p: true,
      },
    ],
  },
  trial: {
    kind: "trial",
    sid: `AC${"2".repeat(32)}`,
    authToken: "2".repeat(32),
    senders: [{ address: "+14155551234", sms: true, mms: true }],
    verified: ["+447700900123"],
  },
  test: {
    kind: "test",
    sid: `AC${"3".repeat(32)}`,
    authToken: "3".repeat(32),
  },
};
