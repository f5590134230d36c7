/** A BPF program as a value: what it is for, what it needs, and how it is built for one kernel. */
import type { Sentence } from '../base/sentence.ts';
import type { Assembly } from './assembler.ts';
import type { KernelTypes } from './kernel-types.ts';
import { required } from './kernel-types.ts';
import type { MapDefinition } from './maps.ts';

/** Helpers such as ktime_get_ns are only for programs whose licence is compatible with the kernel's. */
export const LICENSE = 'Dual MIT/GPL';

/** What runs the program. */
export type Attachment =
  /** Once for each task, whenever its file is read (BPF_TRACE_ITER, Linux 5.8). */
  | { readonly kind: 'iterator'; readonly over: 'task' }
  /** At each pass of a tracepoint, with its arguments as typed pointers (tp_btf, Linux 5.5). */
  | { readonly kind: 'tracepoint'; readonly name: string }
  /** At each event of a perf software counter that the loader opens (Linux 4.9). */
  | { readonly kind: 'perf-event'; readonly event: 'page-faults' | 'minor-faults' | 'major-faults' };

export interface ProgramPart {
  /** At most 15 characters: shown by bpftool. */
  readonly name: string;
  readonly attachment: Attachment;
  readonly code: Assembly;
}

/** A program for one kernel; programs add the decoders of what they yield. */
export interface BuiltProgram {
  readonly parts: readonly ProgramPart[];
  readonly maps: readonly MapDefinition[];
}

export interface Program<Options, Built extends BuiltProgram> {
  readonly name: string;
  readonly purpose: Sentence;
  /** The first kernel with all helpers, map types and kinds of attachment it uses. */
  readonly since: readonly [major: number, minor: number];
  /** @throws KernelLacks where the kernel's types have not what it cannot do without */
  readonly build: (types: KernelTypes, options: Options) => Built;
}

/** The number that bpf(2) takes as attach_btf_id; null where none is needed. @throws KernelLacks */
export function attachTypeId(types: KernelTypes, attachment: Attachment): number | null {
  switch (attachment.kind) {
    case 'iterator':
      return required(types.typeId('func', `bpf_iter_${attachment.over}`));
    case 'tracepoint':
      return required(types.typeId('typedef', `btf_trace_${attachment.name}`));
    case 'perf-event':
      return null;
  }
}
