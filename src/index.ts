/** The library: what other programs may rely on. */

export { openHost } from './app/open-host.ts';
export { CpuSet } from './base/cpu-set.ts';
export { ERRORS, type ErrorCode, FormatError, KeelError } from './base/errors.ts';
export { type Gap, isMissing, type Maybe, type Missing } from './base/missing.ts';
export type { Host } from './host/host.ts';
