/** The facts of a machine whose files were copied into a folder: from the files, never from the running machine. */
import { orNull } from '../base/missing.ts';
import { type Facts, NO_FACTS } from '../host/facts.ts';
import { Host, type TextSource } from '../host/host.ts';
import { bootId } from '../kernel/proc/boot-id.ts';
import { kernelArch, kernelRelease } from '../kernel/proc/release.ts';
import { type AuxiliaryVector, auxiliaryVector } from '../kernel/task/auxv.ts';
import { processList } from '../kernel/task/lists.ts';

/** USER_HZ, which user space sees: 100 on every architecture but alpha and ia64 (asm-generic/param.h). */
const USER_HZ = 100;

/** The page size is known only where some process's auxiliary vector was copied too. */
export function readFolderFacts(source: TextSource): Facts {
  const bare = new Host('captured', NO_FACTS, source);
  const vector = findVector(bare, source);
  return {
    pageBytes: vector?.pageBytes ?? null,
    ticksPerSec: vector?.ticksPerSec ?? USER_HZ,
    release: orNull(bare.read(kernelRelease)),
    arch: orNull(bare.read(kernelArch)),
    littleEndian: vector?.littleEndian ?? null,
    bootId: orNull(bare.read(bootId)),
  };
}

function findVector(bare: Host, source: TextSource): (AuxiliaryVector & { littleEndian: boolean }) | null {
  for (const pid of orNull(bare.read(processList)) ?? []) {
    for (const littleEndian of [true, false]) {
      const host = new Host('captured', { ...NO_FACTS, littleEndian }, source);
      const vector = orNull(host.read(auxiliaryVector, { pid }));
      if (vector !== null) return { ...vector, littleEndian };
    }
  }
  return null;
}
