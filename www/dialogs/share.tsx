// A link to what is on the page.

import { useEffect, useState } from "preact/hooks";
import { type Link, ShareError } from "../lib/share.js";
import { linkOf } from "../link.js";
import type { State } from "../state.js";
import { count } from "../words.js";
import { CopyButton } from "./copy.js";
import { Dialog } from "./dialog.js";

/** The dialog. */
export function Share({ state, onClose }: { state: State; onClose: () => void }) {
  const [showPhones, setShowPhones] = useState(false);
  const [link, setLink] = useState<Link | ShareError | undefined>();
  useEffect(() => {
    linkOf(state, showPhones).then(setLink, (error: unknown) => {
      if (!(error instanceof ShareError)) throw error;
      setLink(error);
    });
  }, [state, showPhones]);
  const address =
    link !== undefined && "fragment" in link
      ? `${location.origin}${location.pathname}${link.fragment}`
      : undefined;
  return (
    <Dialog title="Share" onClose={onClose}>
      <p>
        The link holds the event and the settings in its last part, which browsers send to no
        server. It never holds a token.
      </p>
      {link === undefined && (
        <p class="notice problem">
          Something on the page is not JSON yet. Correct it to share the page.
        </p>
      )}
      {link instanceof ShareError && (
        <p class="notice problem">
          {link.message} {link.fix}
        </p>
      )}
      {address !== undefined && link !== undefined && "masked" in link && (
        <>
          <div class="field">
            <label for="share-link">Link</label>
            <input
              id="share-link"
              readonly
              value={address}
              onFocus={(event) => event.currentTarget.select()}
            />
          </div>
          <label>
            <input
              type="checkbox"
              checked={showPhones}
              onChange={(event) => setShowPhones(event.currentTarget.checked)}
            />{" "}
            Keep phone numbers as they are
          </label>
          <p class="help">
            {showPhones
              ? "Whoever has the link can read the phone numbers in it."
              : `${count(link.masked, "phone number")} masked: other last digits, the same decision.`}
            {link.secretsRemoved && " Secrets were taken out."}
          </p>
          <CopyButton text={address} words="Copy the link" />
        </>
      )}
    </Dialog>
  );
}
