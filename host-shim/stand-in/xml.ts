/** What the 2010 API answers when the path does not end in `.json`. */
export function toXml(root: string, body: Record<string, unknown>): string {
  return `<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse>${element(root, body)}</TwilioResponse>`;
}

function element(name: string, value: unknown): string {
  const tag = name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  if (value === null || value === undefined) return `<${tag}/>`;
  if (Array.isArray(value))
    return `<${tag}>${value.map((item) => element("item", item)).join("")}</${tag}>`;
  if (typeof value === "object") {
    const inner = Object.entries(value).map(([key, item]) => element(key, item));
    return `<${tag}>${inner.join("")}</${tag}>`;
  }
  return `<${tag}>${escapeText(String(value))}</${tag}>`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
