import { value } from "./draft.js";
import { refuse } from "./errors.js";
import type { Check } from "./validate.js";

/** Characters of a body; the unit is undocumented, so the strictest likely one, UTF-16, is counted. */
const BODY_LIMIT = 1600;
const MEDIA_LIMIT = 10;

export const requireContent: Check = ({ form, body, mediaUrls, serviceSid }) => {
  if (body !== "" || mediaUrls.length > 0 || value(form, "ContentSid")) return null;
  return serviceSid === null
    ? refuse(21602, "Message body is required.")
    : refuse(21619, "A text message body, media urls or a ContentSid must be specified.");
};

const bodyLength: Check = ({ body }) =>
  body.length > BODY_LIMIT
    ? refuse(21617, `The concatenated message body exceeds the ${BODY_LIMIT} character limit.`)
    : null;

const media: Check = ({ mediaUrls }) => {
  if (mediaUrls.length > MEDIA_LIMIT)
    return refuse(21623, `Number of media files exceeds allowed limit of ${MEDIA_LIMIT}`);
  const bad = mediaUrls.find((url) => !isHttpUrl(url));
  return bad === undefined ? null : refuse(21620, `Invalid media URL(s): ${bad}`);
};

const template: Check = ({ account, form }) => {
  const sid = value(form, "ContentSid");
  const variables = value(form, "ContentVariables");
  if (sid !== null) {
    const known = /^HX[0-9a-fA-F]{32}$/.test(sid) && (account.contentSids?.includes(sid) ?? true);
    if (!known) return refuse(21655, `The ContentSid ${sid} is invalid`);
  }
  if (variables === null) return null;
  if (sid === null) return refuse(21654, "ContentVariables need a ContentSid");
  const values = templateValues(variables);
  if (values === null) return refuse(21656, "The Content Variables parameter is invalid.");
  const long = values.some((text) => text.length > BODY_LIMIT);
  return long ? refuse(21658, `A content variable exceeds ${BODY_LIMIT} characters`) : null;
};

// A JSON object whose values are strings; a null or anything else makes it invalid.
function templateValues(json: string): string[] | null {
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
    const values: unknown[] = Object.values(parsed);
    return values.every((item) => typeof item === "string") ? values : null;
  } catch {
    return null;
  }
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

export const contentChecks: readonly Check[] = [bodyLength, media, template];
