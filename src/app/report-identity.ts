/** What says whose machine and program it is: in a report only where it was asked for, since reports are forwarded. */
import { hostname } from 'node:os';
import { type Maybe, mapMaybe } from '../base/missing.ts';
import { shellWord } from '../base/shell-word.ts';
import type { Host } from '../host/host.ts';
import { commandLine } from '../kernel/task/command.ts';

export const INCLUSIONS = ['commands', 'host'] as const;
export type Inclusion = (typeof INCLUSIONS)[number];

export interface Identity {
  /** null where it was not asked for. */
  readonly hostName: string | null;
  /** As words for a shell; null where it was not asked for. It may hold secrets. */
  readonly commandLine: Maybe<string> | null;
}

export function readIdentity(host: Host, tgid: number, included: readonly Inclusion[]): Identity {
  return {
    hostName: included.includes('host') ? hostname() : null,
    commandLine: included.includes('commands')
      ? mapMaybe(host.read(commandLine, { pid: tgid }), (words) => words.map(shellWord).join(' '))
      : null,
  };
}
