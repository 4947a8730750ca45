// Sentences of the core, in which what was written by somebody stands between backticks.

/** A sentence with its quoted parts set as code. */
export function Prose({ text }: { text: string }) {
  return (
    <>{text.split("`").map((part, at) => (at % 2 === 0 ? part : <code key={at}>{part}</code>))}</>
  );
}
