/** A probe as the meter of a trial: sampled all through a block, one sample after the other. */
import { KeelError } from '../base/errors.ts';
import { NS_PER_MS, NS_PER_SEC, NS_PER_US } from '../base/units.ts';
import { median } from '../stats/order.ts';
import type { Objective } from '../trial/objective.ts';
import type { Clock } from './clock.ts';
import { openProbe } from './probes/index.ts';
import { type Probe, ProbeFailed, SAMPLE_TIMEOUT_MS } from './probes/probe.ts';
import type { BlockMeter, Reading } from './trial-meters.ts';

/** Between two samples. */
const PAUSE_NS = 5 * NS_PER_MS;
/** Before anything is changed, the probe must have said something within this time. */
const FIRST_VALUES_NS = 5 * NS_PER_SEC;
const FIRST_VALUES = 5;

export interface ProbeMeter extends BlockMeter {
  close(): void;
}

/** Values and failures while it runs. */
interface Sampling {
  readonly values: number[];
  errors: number;
  said: string;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Opens a probe and listens to it for a while: its scale, and whether it says anything at all.
 * @throws KeelError E_USAGE, E_PROBE, E_INTERRUPTED; nothing has been changed then
 */
export async function openProbeMeter(
  text: string,
  better: Objective['better'],
  clock: Clock,
  signal: AbortSignal,
): Promise<ProbeMeter> {
  const probe = openProbe(text);
  try {
    const first = await firstValues(probe, clock, signal, text);
    return meterOf(probe, objectiveOf(text, probe, better, first), clock);
  } catch (error) {
    probe.close();
    throw error;
  }
}

async function firstValues(probe: Probe, clock: Clock, signal: AbortSignal, text: string) {
  const sampling = startSampling(probe, clock);
  const beganNs = clock.monotonicNs();
  const goesOn = () => Number(clock.monotonicNs() - beganNs) < FIRST_VALUES_NS && !signal.aborted;
  while (goesOn() && sampling.values.length < FIRST_VALUES && sampling.errors < FIRST_VALUES) {
    await clock.sleep(20 * NS_PER_MS, signal);
  }
  const sampledNs = Number(clock.monotonicNs() - beganNs);
  await stopSampling(sampling);
  if (signal.aborted) {
    throw new KeelError('E_INTERRUPTED', {
      what: { en: 'interrupted; nothing was changed', ko: '중단되었습니다. 아무것도 바꾸지 않았습니다' },
    });
  }
  // A rate of nothing is a value: errors that do not come are what one hopes for.
  if (sampling.values.length === 0 && (probe.combine === 'mean' || sampling.errors > 0))
    throw silent(text, sampling);
  const negative = sampling.values.find((value) => value < 0);
  if (negative !== undefined) throw belowZero(text, negative);
  return probe.combine === 'rate' ? [(sampling.values.length / sampledNs) * 1e9] : sampling.values;
}

function objectiveOf(
  text: string,
  probe: Probe,
  better: Objective['better'],
  first: readonly number[],
): Objective {
  const usual = median(first);
  return {
    id: 'probe',
    label: { en: text, ko: text },
    unit: probe.unit,
    better,
    // Of a unit that is not known, a fiftieth of what it is without any change.
    floor: probe.unit === 'Ns' ? 50 * NS_PER_US : Math.max(usual / 50, Number.MIN_VALUE * 1e20),
    alarm: probe.unit === 'Ns' ? 2 * NS_PER_MS : null,
  };
}

function meterOf(probe: Probe, objective: Objective, clock: Clock): ProbeMeter {
  let sampling: Sampling | null = null;
  return {
    objective,
    start() {
      sampling = startSampling(probe, clock);
    },
    evidence: () => sampling?.values.length ?? 0,
    async finish(blockNs) {
      if (sampling === null) return { value: null, probeErrors: null };
      await stopSampling(sampling);
      return readingOf(probe, sampling, blockNs);
    },
    close: () => probe.close(),
  };
}

/** A request that failed took as long as one may; of other units a failure has no value, and only counts. */
function readingOf(probe: Probe, { values, errors }: Sampling, blockNs: number): Reading {
  if (probe.combine === 'rate') {
    return { value: (values.length / blockNs) * NS_PER_SEC, probeErrors: errors };
  }
  const failed = probe.unit === 'Ns' ? Array<number>(errors).fill(SAMPLE_TIMEOUT_MS * NS_PER_MS) : [];
  const all = [...values.filter((value) => value >= 0), ...failed];
  const value = all.length === 0 ? null : all.reduce((sum, one) => sum + one, 0) / all.length;
  return { value, probeErrors: errors };
}

function startSampling(probe: Probe, clock: Clock): Sampling {
  const stop = new AbortController();
  const sampling = { values: [] as number[], errors: 0, said: '', stop, ended: Promise.resolve() };
  const run = async () => {
    if (probe.isPassive) await take(probe, { ...sampling, values: [] });
    while (!stop.signal.aborted) {
      await take(probe, sampling);
      await clock.sleep(PAUSE_NS, stop.signal);
    }
  };
  sampling.ended = run();
  return sampling;
}

async function take(probe: Probe, sampling: Sampling): Promise<void> {
  try {
    sampling.values.push(...(await probe.sample(sampling.stop.signal)));
  } catch (error) {
    if (!(error instanceof ProbeFailed)) throw error;
    // A sample that the end of the block cut off says nothing.
    if (sampling.stop.signal.aborted) return;
    sampling.errors += 1;
    sampling.said = error.message;
  }
}

async function stopSampling(sampling: Sampling): Promise<void> {
  sampling.stop.abort();
  await sampling.ended;
}

function silent(text: string, { errors, said }: Sampling): KeelError {
  const seconds = FIRST_VALUES_NS / NS_PER_SEC;
  const what =
    errors > 0
      ? { en: `the probe ${text} fails: ${said}`, ko: `probe ${text}이(가) 실패합니다: ${said}` }
      : {
          en: `the probe ${text} said nothing in ${seconds} s`,
          ko: `probe ${text}에서 ${seconds}초 동안 값이 없었습니다`,
        };
  return new KeelError('E_PROBE', {
    what: { en: `${what.en}; nothing was changed`, ko: `${what.ko}. 아무것도 바꾸지 않았습니다` },
    next: [
      {
        en: 'Without --probe, keel judges by how long the threads wait for a CPU',
        ko: '--probe가 없으면 스레드가 CPU를 기다린 시간으로 판단합니다',
      },
    ],
  });
}

function belowZero(text: string, value: number): KeelError {
  return new KeelError('E_PROBE', {
    what: {
      en: `the probe ${text} yields ${value}; values below zero cannot be compared as ratios`,
      ko: `probe ${text}의 값이 ${value}입니다. 0보다 작은 값은 비율로 비교할 수 없습니다`,
    },
  });
}
