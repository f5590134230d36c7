/** Options of every command that places: they mean the same on `pin` and on `run`. */
import { MEMORY_WORDS, parseMemory, parseNice, parsePolicy, parseSlice } from '../app/parse-placement.ts';

export const PLACEMENT = {
  policy: {
    flags: '--policy <policy>',
    describe: { en: 'other, batch, idle, fifo:N or rr:N', ko: 'other, batch, idle, fifo:N, rr:N 중 하나' },
    completes: ['other', 'batch', 'idle', 'fifo:', 'rr:'],
    parse: parsePolicy,
  },
  nice: { flags: '--nice <n>', describe: { en: '-20 to 19', ko: '-20에서 19까지' }, parse: parseNice },
  slice: {
    flags: '--slice <duration>',
    describe: {
      en: 'how long it runs at a stretch, 100us to 100ms, or default (Linux 6.12)',
      ko: '한 번에 실행되는 시간, 100us에서 100ms 또는 default (Linux 6.12)',
    },
    parse: parseSlice,
  },
  mem: {
    flags: '--mem <policy>',
    describe: {
      en: 'bind:NODES, preferred:NODE, interleave:NODES, local or default',
      ko: 'bind:노드, preferred:노드, interleave:노드, local, default 중 하나',
    },
    completes: MEMORY_WORDS,
    parse: parseMemory,
  },
} as const;
