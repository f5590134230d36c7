import { describe, expect, it } from 'vitest';
import { INTERRUPT_LEVEL, INTERRUPT_RECORD, LATE_RECORD } from '../bpf/late/records.ts';
import { RingCursor } from '../perf/ring-cursor.ts';
import { TimeBase } from '../perf/time-base.ts';
import { LATE_LAYOUT, LateDecoder } from './decode-late-events.ts';

const BASE_NS = 1n << 40n;
const HERE = 2;
const CURRENT_TID = 77;

/** A sample of CPU 2 around the record of an interrupt. */
function interruptRecord(fields: { readonly untilNs: number; readonly onCpu: number }): RingCursor {
  const words = new Uint32Array(64);
  const put = (word: number, value: bigint) => {
    words[word] = Number(value & 0xffff_ffffn);
    words[word + 1] = Number(value >> 32n);
  };
  const { tid = 0, time = 0, cpu = 0 } = LATE_LAYOUT.fixed;
  words[tid + 1] = CURRENT_TID;
  put(time, BASE_NS + 900n);
  words[cpu] = HERE;
  const at = (field: Parameters<typeof INTERRUPT_RECORD.offset>[0]) =>
    LATE_LAYOUT.variableAt + 1 + INTERRUPT_RECORD.offset(field) / 4;
  words[at('kind')] = LATE_RECORD.interrupt;
  words[at('level')] = INTERRUPT_LEVEL.interrupt;
  words[at('id')] = 9;
  put(at('sinceNs'), BASE_NS + 100n);
  put(at('untilNs'), fields.untilNs === 0 ? 0n : BASE_NS + BigInt(fields.untilNs));
  put(at('onCpu'), BigInt(fields.onCpu));
  return new RingCursor(words, true);
}

describe('an interrupt', () => {
  const decoder = new LateDecoder(new TimeBase(BASE_NS), {
    sleepOf: () => 'unknown',
    interruptOf: (number) => `eth${number}`,
    placeOf: () => '',
    taskOf: (tid) => ({ tid, tgid: tid, comm: '?' }),
  });

  it.each([
    [
      'that is over as it is told is where the record came from',
      { untilNs: 0, onCpu: 0 },
      900,
      HERE,
      CURRENT_TID,
    ],
    ['that was kept is where it was kept', { untilNs: 400, onCpu: HERE }, 400, HERE, CURRENT_TID],
    ['of another CPU tells nothing of who runs there', { untilNs: 400, onCpu: 5 }, 400, 5, null],
  ])('%s', (_, fields, timeNs, cpu, witness) => {
    expect(decoder.decode(interruptRecord(fields))).toEqual({
      kind: 'interrupt',
      timeNs,
      sinceNs: 100,
      cpu,
      witness,
      interrupt: { level: 'interrupt', name: 'eth9' },
      stealNs: null,
    });
  });
});
