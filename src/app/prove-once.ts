/** Tries a remedy that cannot be switched to and fro: measured before and after, and kept only where it helps. */
import type { MachineStep } from '../actions/machine/setting.ts';
import { KeelError } from '../base/errors.ts';
import { isMissing, type Maybe, mapMaybe, orNull } from '../base/missing.ts';
import { NS_PER_MS } from '../base/units.ts';
import type { LockAction, WarmAction } from '../diagnosis/remedy-action.ts';
import { processStat } from '../kernel/task/stat.ts';
import { median } from '../stats/order.ts';
import { type BeforeAfter, judgeBeforeAfter } from '../trial/before-after.ts';
import { FAULT_STALL } from '../trial/objective.ts';
import type { FoundTarget } from './find-targets.ts';
import { endIfThere, keeperStep, startKeeper, warmFiles } from './lock-files.ts';
import { warmFirst } from './lock-memory.ts';
import { type StallMeter, startStallMeter } from './measure-stall.ts';
import { noteWarming } from './note-warming.ts';
import { type FileLockPlan, planFileLock } from './plan-file-lock.ts';
import { type LockPlan, planLock } from './plan-lock.ts';
import { refuseEnded } from './run-trial.ts';
import { SettingSession } from './setting-session.ts';
import { planWarming, type WarmPlan, warmMemory } from './warm-memory.ts';
import type { Workshop } from './workshop.ts';

/** What it would do, with its price. */
export type OncePlan =
  | { readonly what: 'warm'; readonly plan: WarmPlan }
  | { readonly what: 'lock'; readonly plan: LockPlan }
  | { readonly what: 'lock-files'; readonly plan: FileLockPlan };

export interface OnceProof extends BeforeAfter {
  readonly blocks: number;
  /** Medians of the blocks. */
  readonly majorsBeforePerSec: number;
  readonly majorsAfterPerSec: number;
  /** The change that keeps it; null where it was put back, and for what keeps nothing. */
  readonly keptChange: string | null;
  /** Of what has no undo, its line in the journal; null where it could not be written. */
  readonly notedAs: string | null;
}

/** Blocks before, and as many after. */
export const ONCE_BLOCKS = 8;
const BLOCK_NS = 500 * NS_PER_MS;
/** Without what it takes to warm or to lock. */
export const ONCE_NS = 2 * ONCE_BLOCKS * BLOCK_NS;

/** Missing where the memory may not be looked at. @throws KeelError where it cannot be locked, with the reason */
export function planOnce(
  workshop: Workshop,
  target: FoundTarget,
  action: WarmAction | LockAction,
): Maybe<OncePlan> {
  if (action.kind === 'warm') {
    const plan = planWarming(workshop.host, { target, wish: 'warm', only: null });
    return mapMaybe(plan, (one): OncePlan => ({ what: 'warm', plan: one }));
  }
  if (action.what === 'files') {
    const plan = planFileLock(workshop, { target, only: null });
    return mapMaybe(plan, (one): OncePlan => ({ what: 'lock-files', plan: one }));
  }
  const request = { target, future: false, onFault: false, only: null, force: false, raiseLimit: false };
  const plan = planLock(workshop, request);
  if (!isMissing(plan) && plan.steps.length === 0) throw lockedAlready(target);
  return mapMaybe(plan, (one): OncePlan => ({ what: 'lock', plan: one }));
}

/** @throws KeelError with everything put back: E_INTERRUPTED, E_GONE, E_CONFLICT, E_PRIVILEGE */
export async function proveOnce(
  workshop: Workshop,
  plan: OncePlan,
  command: string,
  onBlock: () => void,
): Promise<OnceProof> {
  const { target } = plan.plan;
  const stalls = startStallMeter(workshop.host, workshop.clock, [target.tgid]);
  const meter = { workshop, target, stalls, onBlock };
  let session: SettingSession | null = null;
  try {
    const before = await measure(meter);
    let notedAs: string | null = null;
    if (plan.what === 'warm') notedAs = await warm(workshop, plan.plan, command);
    else session = await openLock(workshop, plan, command);
    const after = await measure(meter);
    const judged = judgeBeforeAfter(
      FAULT_STALL,
      before.map((block) => block.stallPct),
      after.map((block) => block.stallPct),
    );
    const keptChange = judged.verdict === 'helps' ? (session?.change ?? null) : null;
    if (keptChange !== null) {
      session?.keep();
      session = null;
    }
    const majors = (blocks: readonly Block[]) => median(blocks.map((block) => block.majorsPerSec));
    return {
      ...judged,
      blocks: ONCE_BLOCKS,
      majorsBeforePerSec: majors(before),
      majorsAfterPerSec: majors(after),
      keptChange,
      notedAs,
    };
  } finally {
    await session?.close();
    await stalls.stop();
  }
}

async function warm(workshop: Workshop, plan: WarmPlan, command: string): Promise<string | null> {
  const warmed = await warmMemory(workshop.host, workshop.clock, plan, workshop.signal);
  const noted = await noteWarming(workshop, plan, warmed, command);
  return 'id' in noted ? noted.id : null;
}

async function openLock(
  workshop: Workshop,
  plan: Exclude<OncePlan, { what: 'warm' }>,
  command: string,
): Promise<SettingSession> {
  if (plan.what === 'lock') {
    await warmFirst(workshop, plan.plan);
    return opened(workshop, plan.plan.steps, command);
  }
  await warmFiles(workshop, plan.plan);
  const keeper = startKeeper(workshop, plan.plan);
  try {
    return await opened(workshop, [keeperStep(keeper, plan.plan)], command);
  } catch (error) {
    endIfThere(workshop, keeper);
    throw error;
  }
}

async function opened(
  workshop: Workshop,
  steps: readonly MachineStep[],
  command: string,
): Promise<SettingSession> {
  const session = await SettingSession.open(workshop, steps, command);
  try {
    session.apply();
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

interface Meter {
  readonly workshop: Workshop;
  readonly target: FoundTarget;
  readonly stalls: StallMeter;
  readonly onBlock: () => void;
}

interface Block {
  /** Of all threads together. */
  readonly stallPct: number;
  readonly majorsPerSec: number;
}

async function measure(meter: Meter): Promise<readonly Block[]> {
  const blocks: Block[] = [];
  for (let i = 0; i < ONCE_BLOCKS; i += 1) blocks.push(await measureBlock(meter));
  return blocks;
}

async function measureBlock({ workshop, target, stalls, onBlock }: Meter): Promise<Block> {
  const { clock, signal, host } = workshop;
  const majorsNow = () => orNull(host.read(processStat, { pid: target.tgid }))?.majorFaults ?? 0n;
  stalls.take();
  const [majors, beganNs] = [majorsNow(), clock.monotonicNs()];
  await clock.sleep(BLOCK_NS, signal);
  if (signal.aborted) throw interrupted();
  refuseEnded({ workshop, target });
  const elapsedNs = Number(clock.monotonicNs() - beganNs);
  const heldNs = [...stalls.take().byProcess.values()].reduce((sum, ns) => sum + ns, 0);
  onBlock();
  return {
    stallPct: (100 * heldNs) / elapsedNs,
    majorsPerSec: (Number(majorsNow() - majors) * 1e9) / elapsedNs,
  };
}

function interrupted(): KeelError {
  return new KeelError('E_INTERRUPTED', {
    what: {
      en: 'interrupted; what was locked for the trial was unlocked',
      ko: '중단되었습니다. 시험을 위해 잠근 것은 풀었습니다',
    },
  });
}

function lockedAlready({ comm, tgid }: FoundTarget): KeelError {
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `there is nothing to prove: the memory of ${comm} ${tgid} is locked already; nothing was changed`,
      ko: `시험할 것이 없습니다. ${comm} ${tgid}의 메모리는 이미 잠겨 있습니다. 아무것도 바꾸지 않았습니다`,
    },
  });
}
