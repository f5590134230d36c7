/** What a keeper of files is told and what it answers, a line each; and which of its descriptors is what. */
import { FormatError } from '../base/errors.ts';

/** Above the three that every process has. */
export const TARGET_PIDFD = 3;
export const FIRST_FILE = 4;

/** By file, in the order of their descriptors: offsets and bytes. */
export type KeeperOrder = readonly (readonly (readonly [offset: number, bytes: number])[])[];

export function orderText(order: KeeperOrder): string {
  return JSON.stringify(order);
}

/** @throws FormatError */
export function parseOrder(text: string): KeeperOrder {
  let order: unknown;
  try {
    order = JSON.parse(text);
  } catch {
    throw new FormatError('what to keep', text);
  }
  const isRange = (range: unknown) =>
    Array.isArray(range) && range.length === 2 && range.every((one) => Number.isSafeInteger(one) && one >= 0);
  if (Array.isArray(order) && order.every((file) => Array.isArray(file) && file.every(isRange))) {
    return order as KeeperOrder;
  }
  throw new FormatError('what to keep', text);
}

/** All of it is there and locked, or what the kernel said: "mlock: ENOMEM". */
export type KeeperAnswer = 'kept' | { readonly refused: string };

export function answerText(answer: KeeperAnswer): string {
  return answer === 'kept' ? answer : `refused ${answer.refused}`;
}

/** @returns null for anything that is no answer, such as nothing */
export function parseAnswer(text: string): KeeperAnswer | null {
  if (text === 'kept') return text;
  const refused = /^refused (.+)$/.exec(text)?.[1];
  return refused === undefined ? null : { refused };
}
