/**
 * Loads our BPF programs into the running kernel: types from BTF (or remembered from an earlier run), maps, program.
 *
 * What cannot be had is a Missing with the reason and with what to grant; the callers then go one rung down.
 */
import { FormatError } from '../base/errors.ts';
import { isMissing, type Maybe, type Missing, missing, orNull } from '../base/missing.ts';
import { type Answers, RememberedTypes } from '../bpf/answers.ts';
import { link } from '../bpf/assembler.ts';
import { Btf } from '../bpf/btf.ts';
import { encode } from '../bpf/instruction.ts';
import { KernelLacks, type KernelTypes } from '../bpf/kernel-types.ts';
import { MAP_TYPE } from '../bpf/maps.ts';
import {
  type Attachment,
  attachTypeId,
  type BuiltProgram,
  LICENSE,
  type Program,
  type ProgramPart,
} from '../bpf/program.ts';
import { parseVerifierLog, renderRejection } from '../bpf/verifier-log.ts';
import { kernelVersion } from '../host/facts.ts';
import type { Host } from '../host/host.ts';
import { kernelBtf } from '../kernel/image/btf.ts';
import { buildId } from '../kernel/image/build-id.ts';
import { createMap, loadProgram, ProgramRefused } from '../native/bpf.ts';
import { Descriptors } from '../native/descriptors.ts';
import { canCall, KernelError } from '../native/libc.ts';
import { liftLockedMemoryLimit } from '../native/memory-limit.ts';
import { type AnswersStore, cachedAnswers } from './bpf-answers-store.ts';

/** A program in the kernel. It, its maps and its attachments end with `close`, or with this process. */
export class LoadedProgram<Built extends BuiltProgram> {
  readonly built: Built;
  readonly descriptors = new Descriptors();
  /** What makes it run: it ends before the rest, and alone with `detach`. */
  readonly attachments = new Descriptors();
  readonly maps = new Map<string, number>();
  readonly programs = new Map<string, number>();

  constructor(built: Built) {
    this.built = built;
  }

  /** It runs no more; its maps keep what they hold. */
  detach(): void {
    this.attachments.close();
  }

  close(): void {
    this.detach();
    this.descriptors.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Loads without attaching. */
export function loadBpf<Options, Built extends BuiltProgram>(
  host: Host,
  program: Program<Options, Built>,
  options: Options,
  store: AnswersStore = cachedAnswers(),
): Maybe<LoadedProgram<Built>> {
  const possible = mayLoad(host);
  if (possible !== null) return possible;
  const key = orNull(host.read(buildId));
  const remembered = key === null ? new Map() : store.load(key);
  const first = loadWith(host, program, options, remembered);
  // Remembered answers may be wrong in spite of all checks; those of the kernel itself are not.
  const isSuspect = remembered.size > 0 && isMissing(first.loaded) && first.loaded.missing === 'unreadable';
  const { loaded, types } = isSuspect ? loadWith(host, program, options, new Map()) : first;
  if (key !== null && types.learned && !isMissing(loaded)) store.save(key, types.answers);
  return loaded;
}

function mayLoad(host: Host): Missing | null {
  if (host.kind !== 'live') return missing('not-captured', 'bpf(2)', 'a captured machine runs no programs');
  if (host.facts.littleEndian !== true)
    return missing('absent', 'bpf(2)', 'keel assembles for little-endian machines only');
  if (!canCall()) return missing('absent', 'bpf(2)', 'koffi is missing, or not built for this machine');
  return null;
}

interface Attempt<Built extends BuiltProgram> {
  readonly loaded: Maybe<LoadedProgram<Built>>;
  readonly types: RememberedTypes;
}

function loadWith<Options, Built extends BuiltProgram>(
  host: Host,
  program: Program<Options, Built>,
  options: Options,
  answers: Answers,
): Attempt<Built> {
  const types = new RememberedTypes(answers, () => openTypes(host));
  try {
    const loaded = new LoadedProgram(program.build(types, options));
    try {
      makeMaps(host, loaded);
      for (const part of loaded.built.parts) loadPart(loaded, part, types);
      return { loaded, types };
    } catch (error) {
      loaded.close();
      throw error;
    }
  } catch (error) {
    return { loaded: missingFor(error, host, program), types };
  }
}

/** Carries what kept BTF from being read out of the questions of a program. */
class TypesUnreadable extends Error {
  readonly because: Missing;

  constructor(because: Missing) {
    super(because.path);
    this.because = because;
  }
}

function openTypes(host: Host): KernelTypes {
  const bytes = host.read(kernelBtf);
  if (isMissing(bytes)) throw new TypesUnreadable(bytes);
  try {
    return new Btf(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new TypesUnreadable(missing('unreadable', kernelBtf.path, error.message));
  }
}

function makeMaps(host: Host, loaded: LoadedProgram<BuiltProgram>): void {
  const [major = 0, minor = 0] = kernelVersion(host.facts) ?? [];
  if (major < 5 || (major === 5 && minor < 11)) liftLockedMemoryLimit();
  for (const map of loaded.built.maps) {
    const { keyBytes, valueBytes, entries, mappable = false } = map;
    const shape = {
      name: `keel_${map.name}`,
      type: MAP_TYPE[map.type],
      keyBytes,
      valueBytes,
      entries,
      mappable,
    };
    const fd = createMap(shape);
    loaded.maps.set(map.name, loaded.descriptors.own(fd));
  }
}

/** BPF_PROG_TYPE_* and BPF_TRACE_* of uapi/linux/bpf.h. */
const LOAD_AS: Readonly<Record<Attachment['kind'], { type: number; expectedAttachType: number }>> = {
  iterator: { type: 26, expectedAttachType: 28 },
  tracepoint: { type: 26, expectedAttachType: 23 },
  'perf-event': { type: 7, expectedAttachType: 0 },
};

/** A part that the verifier refused, told with our own names. */
class PartRefused extends Error {}

function loadPart(loaded: LoadedProgram<BuiltProgram>, part: ProgramPart, types: KernelTypes): void {
  const shape = {
    ...LOAD_AS[part.attachment.kind],
    name: part.name,
    attachTypeId: attachTypeId(types, part.attachment) ?? 0,
    license: LICENSE,
    code: encode(link(part.code, loaded.maps)),
  };
  try {
    loaded.programs.set(part.name, loaded.descriptors.own(loadProgram(shape)));
  } catch (error) {
    if (!(error instanceof ProgramRefused) || error.log === '') throw error;
    throw new PartRefused(renderRejection(parseVerifierLog(error.log, part.code)), { cause: error });
  }
}

/** @throws what is no answer about the kernel: mistakes of ours */
function missingFor(error: unknown, host: Host, program: Program<never, BuiltProgram>): Missing {
  const path = `BPF program ${program.name}`;
  if (error instanceof TypesUnreadable) return error.because;
  if (error instanceof KernelLacks) return missing('absent', path, error.message);
  if (error instanceof PartRefused) return missing('unreadable', path, `the verifier says: ${error.message}`);
  if (!(error instanceof KernelError)) throw error;
  if (error.errnoName === 'EPERM' || error.errnoName === 'EACCES')
    return missing('denied', path, `${error.message}; grant CAP_BPF and CAP_PERFMON, or run as root`);
  const since = `Linux ${program.since.join('.')} has all it needs; this is ${host.facts.release}`;
  return missing('absent', path, `${error.message}; ${since}`);
}
