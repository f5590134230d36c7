/**
 * Earlier answers about a kernel's types, so that a later run need not read its BTF (five megabytes, ten milliseconds).
 *
 * The record is data from a file: whoever reads it back checks it here, field by field, and the file's owner elsewhere.
 * A question that is not in it goes to the real types.
 */
import { type Maybe, missing } from '../base/missing.ts';
import { type KernelTypes, type Member, type MemberPath, pathText, type TypeKind } from './kernel-types.ts';

/** By question; null for what the kernel lacks. */
export type Answers = ReadonlyMap<string, number | Member | null>;

/** Offsets and sizes within structs, type numbers: nothing of the kernel's passes this. */
const LARGEST = 2 ** 31;

/** Answers from the record, else from `types`, which is opened at the first question that needs it. */
export class RememberedTypes implements KernelTypes {
  readonly #answers: Map<string, number | Member | null>;
  readonly #open: () => KernelTypes;
  #types: KernelTypes | undefined;

  constructor(answers: Answers, open: () => KernelTypes) {
    this.#answers = new Map(answers);
    this.#open = open;
  }

  /** Whether a question was asked that the record could not answer. */
  get learned(): boolean {
    return this.#types !== undefined;
  }

  get answers(): Answers {
    return this.#answers;
  }

  member(struct: string, path: MemberPath): Maybe<Member> {
    const text = pathText(struct, path);
    return this.#ask(`member ${text}`, text, isMember, (types) => types.member(struct, path));
  }

  typeId(kind: TypeKind, name: string): Maybe<number> {
    return this.#ask(`type ${kind} ${name}`, `${kind} ${name}`, isNumber, (types) =>
      types.typeId(kind, name),
    );
  }

  enumerator(name: string): Maybe<number> {
    return this.#ask(`enumerator ${name}`, `enumerator ${name}`, isNumber, (types) => types.enumerator(name));
  }

  #ask<T extends number | Member>(
    question: string,
    text: string,
    isOurs: (value: unknown) => value is T,
    ask: (types: KernelTypes) => Maybe<T>,
  ): Maybe<T> {
    const known = this.#answers.get(question);
    if (known === null) return missing('absent', text);
    if (isOurs(known)) return known;
    this.#types ??= this.#open();
    const answer = ask(this.#types);
    this.#answers.set(question, isOurs(answer) ? answer : null);
    return answer;
  }
}

const HEADER = 'keel-btf-answers 1';

/** One JSON text; `key` names the kernel it is about. */
export function renderAnswers(key: string, answers: Answers): string {
  return `${JSON.stringify({ format: HEADER, key, answers: Object.fromEntries(answers) })}\n`;
}

/** The answers; null where the text is not a record of exactly this kernel, in every part of the right form. */
export function parseAnswers(key: string, text: string): Answers | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(parsed) || parsed.format !== HEADER || parsed.key !== key) return null;
  const answers = parsed.answers;
  if (!isRecord(answers)) return null;
  const entries = Object.entries(answers);
  const isAnswer = (value: unknown) => value === null || isNumber(value) || isMember(value);
  if (!entries.every(([, value]) => isAnswer(value))) return null;
  return new Map(entries as [string, number | Member | null][]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= LARGEST;
}

function isSize(value: unknown): value is number {
  return isNumber(value) && value >= 0;
}

function isMember(value: unknown): value is Member {
  if (!isRecord(value) || !isSize(value.offsetBytes) || !isSize(value.sizeBytes)) return false;
  const bits = value.bits;
  return bits === null || (isRecord(bits) && isSize(bits.first) && isSize(bits.count));
}
