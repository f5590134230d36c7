/** Recordings of made faults, for tests of what is made of them. */
import type { FaultCollector } from '../collector.ts';
import type { ExplainedFault } from '../explained-fault.ts';
import { UNKNOWN_HOME } from '../page-nodes.ts';
import { NOWHERE } from '../places.ts';
import type { FaultMeasurement, FaultRecording } from '../recording.ts';

export const FIRST_TOUCH: ExplainedFault = {
  kind: 'minor',
  tgid: 1,
  tid: 1,
  cpu: 0,
  timeNs: 0,
  latencyNs: 0,
  address: 0,
  pageBytes: 4096,
  place: NOWHERE,
  fileOffset: null,
  cause: 'first-touch',
  stack: 0,
  home: UNKNOWN_HOME,
};

export const MEASURED: FaultMeasurement = {
  elapsedNs: 1e9,
  counted: { entry: 0n, minor: 0n, major: 0n },
  lost: 0,
  unpaired: 0,
  addressMismatches: 0,
  userOnly: false,
  obtainedBy: 'ring',
  callchains: false,
  withoutNodes: null,
  ownCpuNs: 0,
  program: null,
};

/** What was added up, with the names of its frames. */
export function recordingOf(
  collector: FaultCollector,
  names: FaultRecording['names'],
  measured: Partial<FaultMeasurement> = {},
): FaultRecording {
  const { stacks } = collector.tables;
  const [summary, weights] = [collector.summary(), collector.weights()];
  return {
    ...MEASURED,
    ...measured,
    summary,
    stacks,
    weights,
    names,
    unread: [],
    builds: [],
    cut: false,
    damaged: false,
  };
}
