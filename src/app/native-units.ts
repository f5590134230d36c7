/** Units of systemd, through systemctl: no shell, and names that were checked before. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Refused } from '../actions/refused.ts';
import type { UnitControls } from '../actions/unit-controls.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { GONE } from './kernel-file-refusals.ts';

/** Made by systemd when it is the one who started the machine: sd_booted(3). */
const BOOTED = '/run/systemd/system';
/** It answers at once, unless it is loading its units anew. */
const MOST_MS = 30_000;

/** @param folder another one in tests */
export function systemdRuns(folder = BOOTED): boolean {
  return existsSync(folder);
}

export class NativeUnits implements UnitControls {
  readonly #program: string;

  /** @param program another one in tests */
  constructor(program = 'systemctl') {
    this.#program = program;
  }

  allowedCpus(unit: string): string {
    const shown = this.#ask(['show', '--property=LoadState', '--property=AllowedCPUs', '--', unit]);
    return shownCpus(shown);
  }

  /** What is asked after it is answered when the cgroups have it: so the caller's look at it afterwards waits for that. */
  setAllowedCpus(unit: string, cpus: string): void {
    this.#ask(['set-property', '--runtime', '--', unit, `AllowedCPUs=${cpus}`]);
    this.allowedCpus(unit);
  }

  /** @throws Refused */
  #ask(words: readonly string[]): string {
    const all = ['--system', '--no-pager', '--no-ask-password', ...words];
    const env = { PATH: process.env.PATH, LC_ALL: 'C' };
    const { error, status, stdout, stderr } = spawnSync(this.#program, all, {
      encoding: 'utf8',
      timeout: MOST_MS,
      env,
    });
    if (error !== undefined) throw refused('unsupported', error.message);
    if (status !== 0) throw refused(/denied|permitted/i.test(stderr) ? 'denied' : 'failed', stderr.trim());
    return stdout;
  }
}

function refused(reason: 'unsupported' | 'denied' | 'failed', why: string): Refused {
  const text = `systemctl: ${why}`;
  return new Refused(reason, { en: text, ko: text });
}

/**
 * "AllowedCPUs=0-1 4-7" as a cpulist: ranges with spaces between them.
 * @throws Refused `gone` where the unit is not loaded
 */
export function shownCpus(text: string): string {
  const properties = new Map(
    text.split('\n').map((line): [string, string] => {
      const [name = '', ...value] = line.split('=');
      return [name, value.join('=')];
    }),
  );
  if (properties.get('LoadState') === 'not-found') throw new Refused('gone', GONE);
  const ranges = (properties.get('AllowedCPUs') ?? '').split(/[\s,]+/).filter((range) => range !== '');
  return CpuSet.parseList(ranges.join(',')).toKernelList();
}
