import { describe, expect, it } from 'vitest';
import { SimulatedMachine } from '../actions/testing/simulated-machine.ts';
import { KeelError } from '../base/errors.ts';
import { fakeHost } from '../host/testing/sysfs.ts';
import { parseCandidate } from './parse-candidate.ts';

const controls = new SimulatedMachine(['0-3', '0-3']);
const world = {
  host: fakeHost({ cores: ['0', '1', '2', '3'], llcs: ['0-3'], nodes: { 0: '0-3' } }),
  controls,
  target: { ...controls.process, comm: 'arena', tid: null },
};

function refused(text: string): KeelError {
  try {
    parseCandidate(text, world);
  } catch (error) {
    if (error instanceof KeelError) return error;
    throw error;
  }
  throw new Error(`"${text}" was taken`);
}

describe('parseCandidate', () => {
  it('takes CPUs in the terms of the machine, and what may be said of scheduling', () => {
    const { moves, name, isSlow } = parseCandidate(' cpus=core:2  nice=-5 slice=1ms policy=batch ', world);
    expect(moves).toMatchObject([
      { tgid: 100, threads: 'all', scheduling: { policy: 'batch', nice: -5, sliceNs: 1e6 }, memory: null },
    ]);
    expect(moves[0]?.cpus?.toString()).toBe('2');
    expect(name).toBe('cpus=core:2 nice=-5 slice=1ms policy=batch');
    expect(isSlow).toBe(false);
  });

  it('finds threads by name or id, and takes memory for slow', () => {
    const { moves, isSlow } = parseCandidate('threads=t101 mem=bind:0', world);
    expect(moves).toMatchObject([{ threads: [101], cpus: null, memory: { mode: 'bind', migrate: false } }]);
    expect(isSlow).toBe(true);
    expect(parseCandidate('mem=bind:0 pages=move', world).moves[0]?.memory?.migrate).toBe(true);
    expect(parseCandidate('threads=100,t101 nice=1', world).moves[0]?.threads).toEqual([100, 101]);
  });

  it.each([
    ['cpu=1', 'cpu=1'],
    ['nice=1 x', 'x'],
    ['policy=rr:1', 'rr:1'],
    ['threads=nobody cpus=1', 'nobody'],
    ['threads=t100', 'threads=t100'],
    ['cpus=1 pages=move', 'pages=move'],
    ['mem=bind:0 pages=1', 'pages=1'],
    ['', ''],
  ])('points at what is wrong in "%s"', (text, at) => {
    const { code, parts } = refused(text);
    expect(code).toBe('E_USAGE');
    expect(text.slice(parts.pointer?.start, parts.pointer?.end)).toBe(at);
  });

  it('says so where a CPU is not there, or a number is none', () => {
    expect(refused('cpus=7').code).toBe('E_USAGE');
    expect(refused('nice=99').code).toBe('E_USAGE');
  });
});
