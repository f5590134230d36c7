/** What the kernel's texts do not say of themselves. Handed to every parser, so that no parser asks the running system. */

export interface Facts {
  /** Size of a base page. */
  readonly pageBytes: number | null;
  /** USER_HZ, the unit of times in /proc. */
  readonly ticksPerSec: number | null;
  /** `uname -r`, such as "6.1.0-18-amd64". */
  readonly release: string | null;
  /** `uname -m`, such as "x86_64". */
  readonly arch: string | null;
  readonly littleEndian: boolean | null;
  /** Changes at every boot; start times are comparable only within one. */
  readonly bootId: string | null;
}

export type FactName = keyof Facts;

export const NO_FACTS: Facts = {
  pageBytes: null,
  ticksPerSec: null,
  release: null,
  arch: null,
  littleEndian: null,
  bootId: null,
};

/** Thrown by `need`; the host turns it into a missing value that names the fact. */
export class FactMissing extends Error {
  override readonly name = 'FactMissing';
  readonly fact: FactName;

  constructor(fact: FactName) {
    super(`the fact ${fact} is not known of this machine`);
    this.fact = fact;
  }
}

/** The fact, for a parser that cannot do without it. @throws FactMissing */
export function need<Name extends FactName>(facts: Facts, name: Name): NonNullable<Facts[Name]> {
  const value = facts[name];
  if (value === null || value === undefined) throw new FactMissing(name);
  return value as NonNullable<Facts[Name]>;
}

/** The kernel version as numbers, `[6, 1]`; null where it is not known. */
export function kernelVersion(facts: Facts): readonly [major: number, minor: number] | null {
  const match = /^(\d+)\.(\d+)/.exec(facts.release ?? '');
  return match ? [Number(match[1]), Number(match[2])] : null;
}
