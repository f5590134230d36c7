/**
 * The language of CPU sets, as text: `llc:0&!irqfree,12`. Parsing knows no machine; cpu-terms.ts evaluates.
 *
 *     set     = either { "," either }          union, binds least
 *     either  = not { "&" not }                intersection
 *     not     = "!" not | "(" set ")" | atom   complement within the online CPUs, binds most
 *     atom    = cpulist part | mask | term | term ":" numbers or name
 *
 * A mask is `0xff`, or 32-bit words of which every one after the first has eight digits (`ff,00000000`).
 */
import { CpuSet } from '../base/cpu-set.ts';
import { FormatError, KeelError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import type { Sentence } from '../base/sentence.ts';

/** Where an expression stands in the user's text; offsets in UTF-16 units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Terms that take numbers: `node:0`, `core:0-3`. */
export const NUMBERED_TERMS = ['node', 'package', 'die', 'cluster', 'llc', 'core', 'smt'] as const;
export type NumberedTerm = (typeof NUMBERED_TERMS)[number];
/** Terms that stand alone. */
export const PLAIN_TERMS = ['all', 'allowed', 'isolated', 'irqfree'] as const;
export type PlainTerm = (typeof PLAIN_TERMS)[number];

export type CpuExpression =
  | { readonly kind: 'cpus'; readonly cpus: CpuSet; readonly span: Span }
  | { readonly kind: 'plain'; readonly term: PlainTerm; readonly span: Span }
  | {
      readonly kind: 'numbered';
      readonly term: NumberedTerm;
      readonly numbers: CpuSet;
      readonly span: Span;
      readonly valueSpan: Span;
    }
  | { readonly kind: 'type'; readonly name: string; readonly span: Span; readonly valueSpan: Span }
  | { readonly kind: 'or' | 'and'; readonly parts: readonly CpuExpression[]; readonly span: Span }
  | { readonly kind: 'not'; readonly part: CpuExpression; readonly span: Span };

const SEE_LANGUAGE: Sentence = {
  en: 'The set language: keel help cpusets',
  ko: 'CPU 집합 표기법: keel help cpusets',
};

/** An error that points into the user's text. */
export function expressionError(
  text: string,
  span: Span,
  what: Sentence,
  more: { readonly note?: Sentence; readonly next?: readonly Sentence[] } = {},
): KeelError {
  return new KeelError('E_USAGE', {
    what,
    pointer: { text, ...span, ...(more.note === undefined ? {} : { note: more.note }) },
    next: [...(more.next ?? []), SEE_LANGUAGE],
  });
}

/** @throws KeelError E_USAGE pointing at the offending part */
export function parseCpuExpression(text: string): CpuExpression {
  if (text.trim() === '') {
    throw expressionError(
      text,
      { start: 0, end: text.length },
      { en: 'the set of CPUs is empty', ko: 'CPU 집합이 비어 있습니다' },
      { next: [{ en: 'Such as 0-3, core:0 or all', ko: '예: 0-3, core:0, all' }] },
    );
  }
  return new Parser(text).parse();
}

/** More is no set that a person means, and would exhaust the stack. */
const DEEPEST = 100;

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): CpuExpression {
    const whole = this.#joined('or', ',', () => this.#joined('and', '&', () => this.#not()));
    if (this.#peek() !== '') throw this.#unexpected();
    return whole;
  }

  /** Parts with an operator between them; one part alone stays itself. */
  #joined(kind: 'or' | 'and', operator: string, part: () => CpuExpression): CpuExpression {
    const first = part();
    const parts = [first];
    while (this.#peek() === operator) {
      this.#at += 1;
      parts.push(part());
    }
    const end = parts.at(-1)?.span.end ?? first.span.end;
    return parts.length === 1 ? first : { kind, parts, span: { start: first.span.start, end } };
  }

  #not(): CpuExpression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#unexpected();
    const value = this.#negatedOrGroup();
    this.#depth -= 1;
    return value;
  }

  #negatedOrGroup(): CpuExpression {
    const first = this.#peek();
    const start = this.#at;
    if (first === '!') {
      this.#at += 1;
      const part = this.#not();
      return { kind: 'not', part, span: { start, end: part.span.end } };
    }
    if (first !== '(') return this.#atom();
    this.#at += 1;
    const inner = this.#joined('or', ',', () => this.#joined('and', '&', () => this.#not()));
    if (this.#peek() !== ')') throw this.#unexpected({ en: 'a ) is missing', ko: ')가 없습니다' });
    this.#at += 1;
    return { ...inner, span: { start, end: this.#at } };
  }

  #atom(): CpuExpression {
    const mask = this.#take(
      /(?:0x[0-9a-f]+|[0-9a-f]{1,8}(?=,[0-9a-f]{8}(?![\w:-])))(?:,[0-9a-f]{8}(?![\w:-]))*(?![\w:-])/iy,
    );
    if (mask !== null) return { kind: 'cpus', cpus: this.#numbers(mask, CpuSet.parseMask), span: mask };
    const list = this.#take(/\d[\d:/-]*(?!\w)/y);
    if (list !== null) return { kind: 'cpus', cpus: this.#numbers(list, CpuSet.parseList), span: list };
    const word = this.#take(/[a-z]\w*(?::[^,&!()\s]*)?/iy);
    if (word === null) throw this.#unexpected();
    return this.#term(word);
  }

  #term(span: Span): CpuExpression {
    const [name = '', value] = this.#text.slice(span.start, span.end).split(/:(.*)/s, 2);
    const valueSpan = { start: Math.min(span.end, span.start + name.length + 1), end: span.end };
    const plain = PLAIN_TERMS.find((term) => term === name);
    if (plain !== undefined && value === undefined) return { kind: 'plain', term: plain, span };
    if (name === 'type' && value) return { kind: 'type', name: value, span, valueSpan };
    const term = NUMBERED_TERMS.find((one) => one === name);
    if (term !== undefined && value) {
      return { kind: 'numbered', term, numbers: this.#numbers(valueSpan, CpuSet.parseList), span, valueSpan };
    }
    throw this.#unknownTerm(name, span);
  }

  #unknownTerm(name: string, span: Span): KeelError {
    const written = this.#text.slice(span.start, span.end);
    if ([...NUMBERED_TERMS, 'type'].some((term) => term === name)) {
      const example = asWritten(name);
      return expressionError(
        this.#text,
        span,
        { en: `"${name}" needs to say which: ${example}`, ko: `"${name}"에는 값이 필요합니다: ${example}` },
        {},
      );
    }
    const near = /^[0-9a-f]+$/i.test(written) ? `0x${written}` : nearestTerm(name);
    return expressionError(
      this.#text,
      span,
      { en: `"${written}" is no set of CPUs`, ko: `"${written}"은(는) CPU 집합이 아닙니다` },
      { next: near === null ? [] : [{ en: `Did you mean ${near}?`, ko: `혹시 ${near}인가요?` }] },
    );
  }

  #numbers(span: Span, parse: (text: string) => CpuSet): CpuSet {
    try {
      return parse(this.#text.slice(span.start, span.end));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw expressionError(
        this.#text,
        span,
        {
          en: `"${error.found}" is not ${error.expected}`,
          ko: `"${error.found}"은(는) 올바른 번호 목록이 아닙니다`,
        },
        { next: [{ en: 'Such as 0-3, 0,2 or 0-15:2/4', ko: '예: 0-3, 0,2, 0-15:2/4' }] },
      );
    }
  }

  /** Skips blanks; the next character, or nothing at the end. */
  #peek(): string {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #take(pattern: RegExp): Span | null {
    this.#peek();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    const span = { start: this.#at, end: this.#at + match[0].length };
    this.#at = span.end;
    return span;
  }

  #unexpected(note?: Sentence): KeelError {
    const found = this.#peek();
    const what: Sentence =
      found === ''
        ? { en: 'the set of CPUs ends too early', ko: 'CPU 집합이 중간에 끝났습니다' }
        : { en: `"${found}" does not belong here`, ko: `"${found}"은(는) 여기 올 수 없습니다` };
    return expressionError(
      this.#text,
      { start: this.#at, end: this.#at + Math.max(1, found.length) },
      what,
      note === undefined ? {} : { note },
    );
  }
}

/** How a term is written: with an example of its value where it takes one. */
function asWritten(name: string): string {
  if (name === 'type') return 'type:performance';
  return NUMBERED_TERMS.some((term) => term === name) ? `${name}:0` : name;
}

function nearestTerm(name: string): string | null {
  const near = nearest(name, [...NUMBERED_TERMS, ...PLAIN_TERMS, 'type']);
  return near === null ? null : asWritten(near);
}
