/**
 * The JSON of a recording's blocks, checked before it is believed: a checksum says that a block is what was written, not
 * that it was written by us. Checked by hand: the lists are long, and recording must not load a library for it.
 */
import { FormatError } from '../base/errors.ts';
import { MISSING_REASONS } from '../base/missing.ts';
import { MAPPING_KINDS } from '../model/faults/places.ts';

export type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isYesOrNo: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => typeof value === 'number';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isAmount: Check = (value) => Number.isFinite(value) && (value as number) >= 0;
/** Of 64 bits, as a decimal string. */
const isDigits: Check = (value) => typeof value === 'string' && /^\d{1,20}$/.test(value);
const isOneOf =
  (values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** A list of as many values as there are checks. */
const isTuple =
  (...checks: readonly Check[]): Check =>
  (value) =>
    Array.isArray(value) && value.length === checks.length && checks.every((check, i) => check(value[i]));
/** Fields that are not named may be there too: later versions may have more. */
const isObject =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(checks).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const isMissingValue = isObject({
  missing: isOneOf(MISSING_REASONS),
  path: isText,
  detail: orAbsent(isText),
});
const isEngine = isOneOf(['bpf', 'ring']);

export const isHead = isObject({
  startedUnixMs: isNumber,
  release: orNull(isText),
  arch: orNull(isText),
  callchains: isYesOrNo,
  obtainedBy: isEngine,
});

export const isDefinitions = isObject({
  threads: isListOf(isTuple(isCount, isCount)),
  mappings: isListOf(isTuple(isOneOf(MAPPING_KINDS), isText)),
  images: isListOf(isTuple(isCount, isText, orNull(isTuple(isCount, isCount)), isDigits)),
  frames: isListOf(isTuple(isOneOf(['image', 'memory', 'kernel']), isNumber, isNumber)),
  stacks: isListOf(isTuple(isCount, isCount)),
});

export const isEnding = isObject({
  elapsedNs: isAmount,
  counted: isObject({ entry: isDigits, minor: isDigits, major: isDigits }),
  lost: isCount,
  unpaired: isCount,
  addressMismatches: isCount,
  userOnly: isYesOrNo,
  callchains: isYesOrNo,
  obtainedBy: isEngine,
  withoutNodes: orAbsent(orNull(isMissingValue)),
  ownCpuNs: isAmount,
  analysisCpuNs: orAbsent(isAmount),
  program: orAbsent(
    orNull(isObject({ words: isListOf(isText), exitStatus: orNull(isNumber), signal: orNull(isText) })),
  ),
  names: isListOf(isTuple(orNull(isText), isText, orNull(isNumber))),
  unread: isListOf(isMissingValue),
  builds: orAbsent(isListOf(isObject({ path: isText, buildId: orNull(isText) }))),
});

/** @throws FormatError */
export function requireShape(value: unknown, check: Check, what: string): void {
  if (!check(value)) throw new FormatError(what, JSON.stringify(value) ?? 'nothing');
}
