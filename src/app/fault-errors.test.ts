import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { missing } from '../base/missing.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { KernelError } from '../native/libc.ts';
import { readableFaultError, requireFiles } from './fault-errors.ts';
import { attach } from './fault-events.ts';

const codeOf = (error: unknown) => (error instanceof KeelError ? error.code : error);
const refused = (name: keyof typeof constants.errno) =>
  new KernelError('perf_event_open', constants.errno[name]);

describe('what the kernel refuses', () => {
  it('is a lack of privilege, too many files, or what it is', () => {
    expect(codeOf(readableFaultError(refused('EACCES'), false))).toBe('E_PRIVILEGE');
    expect(codeOf(readableFaultError(refused('EPERM'), true))).toBe('E_PRIVILEGE');
    expect(codeOf(readableFaultError(refused('EMFILE'), false))).toBe('E_CONFLICT');
    const other = refused('EINVAL');
    expect(readableFaultError(other, false)).toBe(other);
  });

  it('is nothing about files where a list is missing for another reason', () => {
    expect(() => requireFiles(missing('gone', '/proc/7/task'))).not.toThrow();
    expect(() => requireFiles(missing('unreadable', '/proc/7/task', 'EIO'))).not.toThrow();
  });
});

describe('attaching', () => {
  const hostWith = (reason: 'gone' | 'unreadable', detail?: string) =>
    new Host('live', NO_FACTS, { text: (_, path) => missing(reason, path, detail) });
  const codeOfAttaching = (host: Host) => {
    try {
      attach(host, [4127], () => {});
      return null;
    } catch (error) {
      return codeOf(error);
    }
  };

  it('says that the target is gone only where it is, not where no file can be opened', () => {
    expect(codeOfAttaching(hostWith('gone'))).toBe('E_GONE');
    expect(codeOfAttaching(hostWith('unreadable', 'EMFILE'))).toBe('E_CONFLICT');
    expect(codeOfAttaching(hostWith('unreadable', 'ENFILE'))).toBe('E_CONFLICT');
  });
});
