/** The ids people mix up, branded so that they cannot be. Other numbers stay plain. */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** A CPU as the kernel numbers it; may be one SMT thread. */
export type CpuId = Branded<number, 'CpuId'>;
/** A NUMA node as the kernel numbers it. */
export type NodeId = Branded<number, 'NodeId'>;
/** A thread as the kernel schedules it. */
export type Tid = Branded<number, 'Tid'>;
/** A process: the id of its thread group. */
export type Tgid = Branded<number, 'Tgid'>;
/** Nanoseconds since boot (CLOCK_BOOTTIME or CLOCK_MONOTONIC, as the holder says). */
export type BootNs = Branded<bigint, 'BootNs'>;

export const cpuId = (value: number): CpuId => value as CpuId;
export const nodeId = (value: number): NodeId => value as NodeId;
export const tid = (value: number): Tid => value as Tid;
export const tgid = (value: number): Tgid => value as Tgid;
export const bootNs = (value: bigint): BootNs => value as BootNs;
