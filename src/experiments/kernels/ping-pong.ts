/**
 * A word that goes to and fro between two threads: each waits for the other's number and answers with the next one. The
 * line that holds the word crosses from one CPU to the other twice in a round trip.
 *
 * In WebAssembly, whose atomics are single instructions: through Atomics.load and Atomics.store of JavaScript, which V8
 * calls as functions, a way of 55 ns took 110.
 */
import {
  ADD,
  ATOMIC_LOAD,
  ATOMIC_STORE,
  assemble,
  block,
  branch,
  branchIf,
  constant,
  EQUAL,
  get,
  instantiate,
  LESS,
  RETURN,
  repeat,
  set,
  tee,
  type WasmFunction,
} from '../wasm/assembler.ts';

const PAGES = 1;
/** Bytes. Each word has a pair of lines for itself, because prefetchers fetch two at a time. */
const BALL = 0;
const STOP = 256;

/** Between looks at the clock and at whether the other side still plays: some 100 µs. */
const SPINS_A_LOOK = 20_000;

/** Locals of the functions. */
const VALUE = 0;
const END = 1;
const SPINS = 2;

/** Waits until the ball is VALUE + `ahead`; gives up, returning VALUE, after SPINS_A_LOOK looks. */
const waitFor = (ahead: number): readonly number[] => [
  ...constant(0),
  ...set(SPINS),
  ...block(
    repeat(
      constant(BALL),
      ATOMIC_LOAD,
      get(VALUE),
      constant(ahead),
      ADD,
      EQUAL,
      branchIf(1),
      [...get(SPINS), ...constant(1), ...ADD, ...tee(SPINS)],
      constant(SPINS_A_LOOK),
      LESS,
      branchIf(0),
      get(VALUE),
      RETURN,
    ),
  ),
];

const throwBall = (ahead: number) => [constant(BALL), get(VALUE), constant(ahead), ADD, ATOMIC_STORE];
const step = [get(VALUE), constant(2), ADD, set(VALUE)];

/**
 * Each returns the value it stands at: `end` where it is through. `rally` throws and waits for the answer; `resume` only
 * waits, where `rally` gave up; `reply` waits and answers.
 */
const FUNCTIONS: readonly WasmFunction[] = [
  {
    name: 'rally',
    parameters: 2,
    locals: ['i32'],
    returns: true,
    body: [repeat(...throwBall(0), waitFor(1), ...step, get(VALUE), get(END), LESS, branchIf(0)), get(VALUE)],
  },
  { name: 'resume', parameters: 2, locals: ['i32'], returns: true, body: [waitFor(1), ...step, get(VALUE)] },
  {
    name: 'reply',
    parameters: 2,
    locals: ['i32'],
    returns: true,
    body: [repeat(waitFor(0), ...throwBall(1), ...step, branch(0)), get(VALUE)],
  },
];

/** The ball between two threads; make one, hand its memory to the other side. */
export function makeBall(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
}

/**
 * Serves `samples` times `trips` round trips.
 * @param until of performance.now(): with the other thread off its CPU no trip ends
 * @returns nanoseconds one way, sample by sample; fewer than asked for where the time was up
 */
export function serve(
  memory: WebAssembly.Memory,
  samples: number,
  trips: number,
  until: number,
): readonly number[] {
  const { rally, resume } = functionsOver(memory);
  const words = new Int32Array(memory.buffer);
  const taken: number[] = [];
  let value = 1;
  // The first rallies are those on which the other thread arrives, and on which the loops are compiled.
  for (let sample = -WARM_UPS; sample < samples; sample += 1) {
    const end = value + 2 * trips;
    const began = performance.now();
    let now = began;
    value = rally(value, end);
    while (value < end && now < until) {
      const before = value;
      value = resume(value, end);
      if (value > before && value < end) value = rally(value, end);
      now = performance.now();
    }
    if (value < end) break;
    if (sample >= 0) taken.push(((performance.now() - began) * 1e6) / trips / 2);
  }
  Atomics.store(words, STOP / 4, 1);
  return taken;
}

const WARM_UPS = 5;

/** Answers until the other side stops. */
export function answer(memory: WebAssembly.Memory): void {
  const { reply } = functionsOver(memory);
  const words = new Int32Array(memory.buffer);
  let value = 1;
  while (Atomics.load(words, STOP / 4) === 0) value = reply(value, 0);
}

function functionsOver(memory: WebAssembly.Memory) {
  const { rally, resume, reply } = instantiate(assemble(FUNCTIONS, { sharedPages: PAGES }), memory);
  if (rally === undefined || resume === undefined || reply === undefined)
    throw new Error('the module exports what it was assembled with');
  return { rally, resume, reply };
}
