import type { Account, MessagingService } from "./accounts.js";
import { findService } from "./accounts.js";
import { type Address, parseAddress } from "./addresses.js";
import type { MessageStore } from "./messages.js";
import type { OptOuts } from "./opt-outs.js";

/** A CreateMessage request on its way through validation. */
export interface Draft {
  readonly account: Account;
  readonly form: URLSearchParams;
  readonly now: number;
  readonly store: MessageStore;
  readonly optOuts: OptOuts;
  /** Shortest lead of a scheduled message, in seconds. */
  readonly scheduleLead: number;
  readonly to: Address | null;
  readonly from: Address | null;
  readonly serviceSid: string | null;
  readonly service: MessagingService | undefined;
  readonly body: string;
  readonly mediaUrls: readonly string[];
}

export function draft(
  account: Account,
  form: URLSearchParams,
  world: Pick<Draft, "now" | "store" | "optOuts" | "scheduleLead">,
): Draft {
  const to = value(form, "To");
  const from = value(form, "From");
  // A Messaging Service may stand in `From` as well.
  const fromIsService = from !== null && /^MG[0-9a-fA-F]{32}$/.test(from);
  const serviceSid = value(form, "MessagingServiceSid") ?? (fromIsService ? from : null);
  return {
    ...world,
    account,
    form,
    to: to === null ? null : parseAddress(to),
    from: from === null || fromIsService ? null : parseAddress(from),
    serviceSid,
    service: serviceSid === null ? undefined : findService(account, serviceSid),
    body: form.get("Body") ?? "",
    mediaUrls: form.getAll("MediaUrl").filter((url) => url !== ""),
  };
}

/** A parameter that is present and not empty. */
export function value(form: URLSearchParams, name: string): string | null {
  return form.get(name) || null;
}

export function isTrue(form: URLSearchParams, name: string): boolean {
  return form.get(name)?.toLowerCase() === "true";
}
