// A button that copies a text, and says whether it could.

import { useState } from "preact/hooks";

/** The button. */
export function CopyButton({ text, words = "Copy" }: { text: string; words?: string }) {
  const [copied, setCopied] = useState<{ text: string; words: string }>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied({ text, words: "Copied" });
    } catch {
      setCopied({ text, words: "The browser does not allow it: select the text and copy it." });
    }
  };
  return (
    <p class="copy">
      <button type="button" class="primary" onClick={copy}>
        {words}
      </button>{" "}
      <span role="status">{copied?.text === text && copied.words}</span>
    </p>
  );
}
