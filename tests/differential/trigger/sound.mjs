// Which texts Segment's action parser reads as they are meant.
//
// It never refuses a filter for its structure: it skips what it does not expect. So a text is
// compared with it only if its tokens fit the grammar below, where skipping cannot happen.

import fql from "@segment/fql-ts";

const FIELDS = new Set(["type", "event", "name", "userId"]);
const OBJECTS = new Set(["properties", "traits", "context"]);
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** Whether Segment's lexer can split the text. */
export function lexes(text) {
  return fql.lex(text).error === undefined;
}

/** Whether the text is in the part of the language where Segment's parser can be trusted. */
export function isSound(text) {
  // Its tokens do not tell whether there was space between them, or a needless escape.
  const outside = text.replace(/"[^"]*"/g, '""');
  if (/\s\.|\.\s|(^|[\s=<>])[+-]?[\d.]+[a-z_\\]|\\\w/i.test(outside)) return false;
  const { tokens, error } = fql.lex(text);
  if (error) return false;
  const reader = new Reader(tokens);
  return reader.joined(() => reader.item()) && reader.peek().type === "eos";
}

class Reader {
  #tokens;
  #at = 0;

  constructor(tokens) {
    this.#tokens = tokens;
  }

  peek() {
    return this.#tokens[this.#at] ?? { type: "eos" };
  }

  /** Items joined by one and the same word. */
  joined(item) {
    if (!item()) return false;
    const word = this.peek().value;
    while (this.peek().type === "conditional") {
      if (this.#next().value !== word || !item()) return false;
    }
    return true;
  }

  item() {
    if (this.peek().type === "parenleft") {
      this.#next();
      return this.joined(() => this.#comparison()) && this.#next().type === "parenright";
    }
    if (this.peek().type === "operator") {
      return this.#next().value === "!" && this.#isFunction() && this.#function();
    }
    return this.#isFunction() ? this.#function() : this.#comparison();
  }

  #next() {
    return this.#tokens[this.#at++] ?? { type: "eos" };
  }

  #isFunction() {
    return ["contains", "match"].includes(this.peek().value) && this.peek().type === "ident";
  }

  #function() {
    const name = this.#next().value;
    if (this.#next().type !== "parenleft") return false;
    const path = this.#path();
    if (!path || path[0] === "type" || this.#next().type !== "comma") return false;
    const text = this.#text();
    if (text === null || (name === "match" && !/^([^*\\]*\*|\*[^*\\]*)$/.test(text))) return false;
    return this.#next().type === "parenright";
  }

  #comparison() {
    const path = this.#path();
    if (!path) return false;
    const operator = this.#next();
    if (operator.type !== "operator" || operator.value === "!") return false;
    const isOrder = operator.value !== "=" && operator.value !== "!=";
    const token = this.peek();
    if (token.type === "string") {
      const text = this.#text();
      return text !== null && (!isOrder || NUMBER.test(text));
    }
    this.#next();
    if (token.type === "number") return NUMBER.test(token.value);
    if (isOrder) return false;
    if (token.type === "null") return path[0] !== "type" && path[0] !== "event";
    if (token.value !== "true" && token.value !== "false") return false;
    return operator.value === "=" || ["type", "event", "name"].includes(path[0]);
  }

  #path() {
    const names = [];
    do {
      const token = this.#next();
      if (token.type !== "ident" || !/^[^.[\]]+(\[(0|[1-9]\d*)\])*$/.test(token.value)) return null;
      names.push(token.value);
    } while (this.peek().type === "dot" && this.#next());
    const [root] = names;
    const isKnown = FIELDS.has(root) ? names.length === 1 : OBJECTS.has(root) && names.length > 1;
    return isKnown ? names : null;
  }

  /** The content of a text in double quotes. */
  #text() {
    const token = this.#next();
    return token.type === "string" && token.value.startsWith('"') ? token.value.slice(1, -1) : null;
  }
}
