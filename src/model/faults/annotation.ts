/** The faults of one function by place in its code: charged to instructions, and to lines of source. */
import { NO_STACK } from '../stacks/stack-table.ts';
import type { FaultCause } from './cause.ts';
import type { FaultRecording } from './recording.ts';

export interface Amount {
  readonly faults: number;
  readonly stallNs: number;
}

/** What a place in code is charged with. */
export interface Charge {
  /** Faults of the instruction itself. */
  readonly own: Amount;
  /** Those taken inside of what it called, system calls among them. */
  readonly calls: Amount;
  /** The own ones, the heaviest cause first. */
  readonly byCause: readonly ({ readonly cause: FaultCause } & Amount)[];
}

/** A place that was charged. */
export interface Site extends Charge {
  /** In the file. */
  readonly offset: number;
}

/** A function of one file. */
export interface FunctionSites {
  readonly function: string;
  readonly binary: string;
  /** Ascending; none for code without a file. */
  readonly sites: readonly Site[];
  readonly total: Charge;
}

class Sums {
  readonly own = { faults: 0, stallNs: 0 };
  readonly calls = { faults: 0, stallNs: 0 };
  readonly #byCause = new Map<FaultCause, { faults: number; stallNs: number }>();

  add(amount: Amount, cause: FaultCause, isOwn: boolean): void {
    addTo(isOwn ? this.own : this.calls, amount);
    if (!isOwn) return;
    const known = this.#byCause.get(cause) ?? { faults: 0, stallNs: 0 };
    this.#byCause.set(cause, known);
    addTo(known, amount);
  }

  charge(): Charge {
    const byCause = [...this.#byCause].map(([cause, amount]) => ({ cause, ...amount }));
    return { own: this.own, calls: this.calls, byCause: byCause.sort((a, b) => b.stallNs - a.stallNs) };
  }
}

function addTo(sum: { faults: number; stallNs: number }, { faults, stallNs }: Amount): void {
  sum.faults += faults;
  sum.stallNs += stallNs;
}

interface Found {
  readonly binary: string;
  readonly total: Sums;
  readonly sites: Map<number, Sums>;
}

/** The functions of that name, one for each file, the heaviest first. */
export function functionSites(recording: FaultRecording, name: string): FunctionSites[] {
  const { weights, stacks, names } = recording;
  const found = new Map<string, Found>();
  for (const weight of weights) {
    const counted = new Set<unknown>();
    for (let at = weight.stack; at !== NO_STACK; at = stacks.parent(at)) {
      const frame = names[stacks.frame(at)];
      if (frame === undefined || frame.function !== name) continue;
      const known = found.get(frame.binary) ?? { binary: frame.binary, total: new Sums(), sites: new Map() };
      found.set(frame.binary, known);
      const site = frame.offset === null ? null : (known.sites.get(frame.offset) ?? new Sums());
      if (site !== null) known.sites.set(frame.offset as number, site);
      for (const sums of [known.total, site]) {
        // What calls itself is charged once.
        if (sums === null || counted.has(sums)) continue;
        counted.add(sums);
        sums.add(weight, weight.cause, at === weight.stack);
      }
    }
  }
  return [...found.values()]
    .map(({ binary, total, sites }) => ({
      function: name,
      binary,
      total: total.charge(),
      sites: [...sites]
        .map(([offset, sums]) => ({ offset, ...sums.charge() }))
        .sort((a, b) => a.offset - b.offset),
    }))
    .sort((a, b) => stallOf(b.total) - stallOf(a.total));
}

/** Its own and that of what it called. */
export function stallOf({ own, calls }: Charge): number {
  return own.stallNs + calls.stallNs;
}

export interface SourceLine {
  readonly path: string;
  readonly line: number;
}

export interface Instruction {
  /** As the file was linked. */
  readonly address: number;
  readonly text: string;
  /** null where no debug information tells. */
  readonly source: SourceLine | null;
}

export interface ChargedInstruction {
  readonly address: number;
  /** null where it could not be disassembled. */
  readonly text: string | null;
  readonly source: SourceLine | null;
  /** null where no fault was taken. */
  readonly charge: Charge | null;
}

/** A site by its address instead of its place in the file. */
export interface AddressedSite extends Charge {
  readonly address: number;
}

/**
 * Each instruction with what it is charged with; sites that lie in none of them stand for themselves.
 * @param instructions ascending
 */
export function chargeInstructions(
  instructions: readonly Instruction[],
  sites: readonly AddressedSite[],
): ChargedInstruction[] {
  const inside = new Map<Instruction, Charge[]>();
  const outside: ChargedInstruction[] = [];
  for (const { address, ...charge } of sites) {
    const instruction = lastAtOrBefore(instructions, address);
    if (instruction === undefined) outside.push({ address, text: null, source: null, charge });
    else inside.set(instruction, [...(inside.get(instruction) ?? []), charge]);
  }
  const charged = instructions.map((one) => ({ ...one, charge: together(inside.get(one) ?? []) }));
  return [...charged, ...outside].sort((a, b) => a.address - b.address);
}

/** Longer than any instruction: x86 has the longest. */
const MOST_INSTRUCTION_BYTES = 15;

/** A call is charged at the address before the one it returns to, which is inside of it. */
function lastAtOrBefore(instructions: readonly Instruction[], address: number): Instruction | undefined {
  const found = instructions.findLast((one) => one.address <= address);
  return found !== undefined && address - found.address < MOST_INSTRUCTION_BYTES ? found : undefined;
}

function together(charges: readonly Charge[]): Charge | null {
  const [first] = charges;
  if (charges.length < 2) return first ?? null;
  const sum = (pick: (charge: Charge) => Amount): Amount => ({
    faults: charges.reduce((all, charge) => all + pick(charge).faults, 0),
    stallNs: charges.reduce((all, charge) => all + pick(charge).stallNs, 0),
  });
  const causes = new Map<FaultCause, { faults: number; stallNs: number }>();
  for (const { cause, ...amount } of charges.flatMap((charge) => charge.byCause)) {
    const known = causes.get(cause) ?? { faults: 0, stallNs: 0 };
    causes.set(cause, known);
    addTo(known, amount);
  }
  const byCause = [...causes].map(([cause, amount]) => ({ cause, ...amount }));
  return {
    own: sum((charge) => charge.own),
    calls: sum((charge) => charge.calls),
    byCause: byCause.sort((a, b) => b.stallNs - a.stallNs),
  };
}

export interface ChargedLine extends SourceLine {
  readonly charge: Charge;
}

/** Lines of source that were charged, by file and number. */
export function chargeLines(instructions: readonly ChargedInstruction[]): ChargedLine[] {
  const lines = new Map<string, { source: SourceLine; charges: Charge[] }>();
  for (const { source, charge } of instructions) {
    if (source === null || charge === null) continue;
    const key = `${source.path}\0${source.line}`;
    const known = lines.get(key) ?? { source, charges: [] };
    lines.set(key, known);
    known.charges.push(charge);
  }
  return [...lines.values()]
    .map(({ source, charges }) => ({ ...source, charge: together(charges) as Charge }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
}
