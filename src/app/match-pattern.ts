/** Regular expressions of users over many texts, stopped where one of them does not end. */
import { type Context, createContext, Script } from 'node:vm';

/** All texts together; an expression that backtracks without end is stopped here. */
const PATTERN_TIMEOUT_MS = 500;
const TEST = 'texts.map((text) => pattern.test(text))';

/** In a context of its own, because only there V8 stops an expression that does not end. */
export class PatternTest {
  readonly #sandbox: { readonly pattern: RegExp; texts: readonly string[] };
  readonly #context: Context;
  readonly #script = new Script(TEST);

  constructor(pattern: RegExp) {
    this.#sandbox = { pattern, texts: [] };
    this.#context = createContext(this.#sandbox);
  }

  /** For each text whether it matches; null where that was not to be found out in time. */
  testAll(texts: readonly string[]): readonly boolean[] | null {
    if (texts.length === 0) return [];
    this.#sandbox.texts = texts;
    try {
      return this.#script.runInContext(this.#context, { timeout: PATTERN_TIMEOUT_MS });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      return null;
    }
  }
}
