export type OptOutType = "STOP" | "START" | "HELP";

const KEYWORDS: Readonly<Record<OptOutType, readonly string[]>> = {
  STOP: ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"],
  START: ["START", "YES", "UNSTOP"],
  HELP: ["HELP", "INFO"],
};

/** The keyword that a text is, if it is nothing but a keyword. */
export function optOutKeyword(body: string): OptOutType | null {
  const word = body.trim().toUpperCase();
  for (const type of ["STOP", "START", "HELP"] as const) {
    if (KEYWORDS[type].includes(word)) return type;
  }
  return null;
}

/** Who has opted out of whom: pairs of a recipient and a number or Messaging Service. */
export class OptOuts {
  readonly #pairs = new Set<string>();

  add(recipient: string, sender: string): void {
    this.#pairs.add(`${recipient} ${sender}`);
  }

  remove(recipient: string, sender: string): void {
    this.#pairs.delete(`${recipient} ${sender}`);
  }

  has(recipient: string, sender: string): boolean {
    return this.#pairs.has(`${recipient} ${sender}`);
  }
}
