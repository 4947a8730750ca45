// A condition tree, in each of its four forms: our text, the text Segment's action parser can
// read, the tree its evaluator takes, and the code its filter engine takes.

const space = (random) => (random.chance(0.9) ? " " : random.pick(["  ", "\n", "\t"]));

/** The tree as text. */
export function text(random, node, above = null) {
  switch (node.op) {
    case "not":
      return `!(${text(random, node.child)})`;
    case "and":
    case "or": {
      const joint = space(random) + node.op + space(random);
      const inner = node.children.map((child) => text(random, child, node.op)).join(joint);
      const needed = above !== null && !(above === "or" && node.op === "and");
      return needed || random.chance(0.2) ? `(${inner})` : inner;
    }
    default:
      return condition(random, node);
  }
}

function condition(random, node) {
  const field = node.lowercase ? `lowercase(${path(node.path)})` : path(node.path);
  const gap = space(random);
  switch (node.op) {
    case "contains":
    case "match":
      return `${node.negated ? "!" : ""}${node.op}(${field},${gap}${quoted(node.value)})`;
    case "length":
    case "typeof":
    case "lowercase":
      return `${node.op}(${field})${gap}${node.comparison} ${literal(node.value)}`;
    case "in":
      return `${field} in [${node.values.map(literal).join(`,${gap}`)}]`;
    case "bare":
      return field;
    default: {
      const value = node.quoted ? quoted(literal(node.value)) : literal(node.value);
      return `${field} ${node.op}${gap}${value}`;
    }
  }
}

function path(steps) {
  const written = steps.map((step) =>
    typeof step === "number" ? `\\[${step}\\]` : step.replace(/[^a-zA-Z0-9_-]/g, "\\$&"),
  );
  return written.reduce((before, step, at) =>
    typeof steps[at] === "number" ? before + step : `${before}.${step}`,
  );
}

function literal(value) {
  if (typeof value === "string") return quoted(value);
  const written = String(value);
  if (typeof value !== "number" || !written.includes("e")) return written;
  // The language has no exponents.
  return Math.abs(value) < 1 ? value.toFixed(7) : BigInt(value).toString();
}

function quoted(text) {
  return `"${text}"`;
}

/** The tree as Segment's action evaluator takes it. */
export function subscription(node) {
  const tree = actionNode(node);
  return tree.type === "group" ? tree : { type: "group", operator: "and", children: [tree] };
}

const ROOTS = {
  type: "event-type",
  event: "event",
  name: "name",
  userId: "userId",
  properties: "event-property",
  traits: "event-trait",
  context: "event-context",
};

function actionNode(node) {
  if (node.children) {
    return { type: "group", operator: node.op, children: node.children.map(actionNode) };
  }
  const [root, ...rest] = node.path;
  const base = { type: ROOTS[root] };
  if (rest.length > 0) {
    base.name = rest
      .map((step, at) => (typeof step === "number" ? `[${step}]` : (at ? "." : "") + step))
      .join("");
  }
  return { ...base, ...actionTest(node, rest.length === 0) };
}

function actionTest({ op, path, value, negated }, isField) {
  if (op === "contains") return { operator: negated ? "not_contains" : "contains", value };
  if (op === "match") {
    const edge = value.endsWith("*") ? "starts_with" : "ends_with";
    const text = value.endsWith("*") ? value.slice(0, -1) : value.slice(1);
    return { operator: negated ? `not_${edge}` : edge, value: text };
  }
  if (op !== "=" && op !== "!=") return { operator: op, value };
  const equal = op === "=";
  if (value === null) return { operator: equal ? "not_exists" : "exists" };
  if (isField && !(path[0] === "userId" && typeof value === "boolean")) {
    return { operator: op, value: String(value) };
  }
  if (typeof value === "boolean") return { operator: value ? "is_true" : "is_false" };
  if (typeof value === "number") {
    return { operator: equal ? "number_equals" : "number_not_equals", value };
  }
  return { operator: op, value };
}

/** The tree as the code of Segment's filter engine, spelling out what we mean where it differs. */
export function engineCode(node) {
  if (node.op === "not") return ["!", engineCode(node.child)];
  if (node.children) return [node.op, ...node.children.map(engineCode)];
  const path = (node.lowercase ? ["lower", ...node.path] : node.path).join(".");
  const missing = ["or", ["=", path, { value: null }], is(path, "undefined")];
  switch (node.op) {
    case "contains":
      return onText(path, ["contains", path, { value: node.value }], node.negated);
    case "match":
      return onText(path, ["match", path, { value: pattern(node.value) }], node.negated);
    case "length": {
      const length = ["length", path];
      const ofNothing = compare(0, node.comparison, node.value) ? missing : { value: false };
      const measured = [">=", length, { value: 0 }];
      const holds = [node.comparison, length, { value: node.value }];
      return ["or", ofNothing, ["and", measured, holds]];
    }
    case "typeof": {
      const name = node.value === "bool" ? "boolean" : node.value;
      return [node.comparison, ["typeof", path], { value: name }];
    }
    case "lowercase":
      return [node.comparison, ["lowercase", path], { value: node.value }];
    case "in": {
      const among = ["in", path, { value: node.values.map((value) => ({ value })) }];
      return node.values.includes(null) ? ["or", among, missing] : among;
    }
    case "bare":
      return path;
    default:
      return equalityCode(node, path, missing);
  }
}

function equalityCode({ op, path: [root, ...rest], value }, path, missing) {
  if (op !== "=" && op !== "!=") return [op, path, { value }];
  if (value === null) return op === "=" ? missing : ["!", missing];
  const isText = rest.length === 0 && !(root === "userId" && typeof value === "boolean");
  const plain = [op, path, { value: isText ? String(value) : value }];
  if (op === "=" || isText || typeof value === "string") return plain;
  if (typeof value === "number") return ["and", is(path, "number"), plain];
  return ["and", plain, ["!=", path, { value: String(value) }]];
}

const is = (path, type) => ["=", ["typeof", path], { value: type }];

const onText = (path, code, negated) => (negated ? ["and", is(path, "string"), ["!", code]] : code);

/** With its only star at an edge and no escapes, everything else in a pattern is itself. */
function pattern(text) {
  const stars = text.split("*").length - 1;
  const atEdge = stars === 1 && (text.startsWith("*") || text.endsWith("*"));
  return atEdge && !text.includes("\\") ? text.replace(/[?[\]]/g, "\\$&") : text;
}

function compare(a, op, b) {
  if (op === "=") return a === b;
  if (op === "!=") return a !== b;
  if (op === "<") return a < b;
  if (op === "<=") return a <= b;
  return op === ">" ? a > b : a >= b;
}

/** Every condition of the tree. */
export function* leaves(node) {
  if (node.child) yield* leaves(node.child);
  else if (node.children) for (const child of node.children) yield* leaves(child);
  else yield node;
}

/** The names under which the operators and functions of a tree are counted. */
export function* features(node) {
  if (node.child) {
    yield "!( )";
    yield* features(node.child);
    return;
  }
  if (node.children) {
    yield node.op;
    for (const child of node.children) yield* features(child);
    return;
  }
  if (node.op === "=" || node.op === "!=") {
    yield node.value === null || typeof node.value === "boolean"
      ? `${node.op} ${node.value}`
      : node.op;
  } else if (node.op === "match" || node.op === "contains") {
    yield (node.negated ? "!" : "") + node.op;
    if (node.lowercase) yield "lowercase inside";
  } else {
    yield node.op;
    if (node.comparison) yield `${node.op} ${node.comparison}`;
  }
}
