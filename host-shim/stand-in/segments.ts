const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENSION = new Set("\f^{}\\[~]|€");

/**
 * Segments that a text is sent in: GSM-7 as 160 septets or parts of 153, else UCS-2 as 70 units or parts of 67.
 * Neither an extension character nor a surrogate pair is split.
 */
export function segmentCount(text: string): number {
  const characters = [...text];
  const gsm = characters.every((character) => BASIC.has(character) || EXTENSION.has(character));
  const cost = (character: string): number =>
    gsm ? (EXTENSION.has(character) ? 2 : 1) : character.length;
  const [single, part] = gsm ? [160, 153] : [70, 67];
  let total = 0;
  for (const character of characters) total += cost(character);
  if (total <= single) return 1;
  let segments = 1;
  let used = 0;
  for (const character of characters) {
    const units = cost(character);
    if (used + units > part) {
      segments += 1;
      used = 0;
    }
    used += units;
  }
  return segments;
}
