// What every part of the settings form needs.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Problem } from "../../host-shim/types.js";
import type { Step } from "../json/paths.js";

/** A problem or a warning, and which of the two it is. */
export interface Finding extends Problem {
  readonly grave: boolean;
}

/** The form's surroundings. */
export interface FormContext {
  /** What is found at each path, beginning with `$`. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Settings that are lit. */
  readonly lit: ReadonlySet<string>;
  /** Puts a value in place; `undefined` takes the setting away. */
  readonly set: (steps: readonly Step[], value: unknown) => void;
}

const context = createContext<FormContext>({
  findings: new Map(),
  lit: new Set(),
  set: () => {},
});

/** Gives the surroundings to everything inside. */
export const FormProvider = context.Provider;

/** The surroundings. */
export function useForm(): FormContext {
  return useContext(context);
}
