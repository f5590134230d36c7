/**
 * What a program asks of the running kernel's types: where a field lies, what number a type has.
 *
 * BTF answers (btf.ts), and so does a record of earlier answers (answers.ts), which spares reading megabytes of BTF.
 */
import { type Maybe, missing } from '../base/missing.ts';

/** Names of members; a number is the index into an array. Anonymous structs and unions on the way are not named. */
export type MemberPath = readonly (string | number)[];

export interface Member {
  /** From the start of the struct. */
  readonly offsetBytes: number;
  /** Of the whole member: an array counts in full. For a bit field, the bytes that hold it. */
  readonly sizeBytes: number;
  /** Set for a bit field: the lowest bit, counted from offsetBytes, and how many there are. */
  readonly bits: { readonly first: number; readonly count: number } | null;
}

/** `func` and `typedef` are what programs attach to; the others serve tests and sizes. */
export type TypeKind = 'struct' | 'union' | 'enum' | 'typedef' | 'func' | 'int';

export interface KernelTypes {
  /** Absent where this kernel has no such struct or member. */
  member(struct: string, path: MemberPath): Maybe<Member>;
  /** The number of a type, as bpf(2) takes it. */
  typeId(kind: TypeKind, name: string): Maybe<number>;
  /** The value of an enumerator such as MM_ANONPAGES, whatever its enum is called. */
  enumerator(name: string): Maybe<number>;
}

/** A kernel without something that a program cannot do without. Loading turns it into a missing value. */
export class KernelLacks extends Error {
  override readonly name = 'KernelLacks';
  /** Such as "task_struct.start_boottime". */
  readonly what: string;

  constructor(what: string) {
    super(`this kernel has no ${what}`);
    this.what = what;
  }
}

export function pathText(struct: string, path: MemberPath): string {
  return path.reduce<string>(
    (text, step) => text + (typeof step === 'number' ? `[${step}]` : `.${step}`),
    struct,
  );
}

/** The first member that the kernel has, of the names that different kernels use for one thing. */
export function firstMember(types: KernelTypes, struct: string, paths: readonly MemberPath[]): Maybe<Member> {
  for (const path of paths) {
    const member = types.member(struct, path);
    if ('offsetBytes' in member) return member;
  }
  return missing('absent', paths.map((path) => pathText(struct, path)).join(' or '));
}

/** @throws KernelLacks where the answer is missing */
export function required<T>(answer: Maybe<T>): T {
  if (typeof answer === 'object' && answer !== null && 'missing' in answer)
    throw new KernelLacks(answer.path);
  return answer as T;
}
