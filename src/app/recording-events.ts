/** Attaches what a recording of every fault needs: one record each by BPF, or what live watching uses, where that is not to be had. */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { type FaultSampling, faultEvent, pageFields, sidebandEvent } from '../perf/fault-samples.ts';
import { sampleLayout } from '../perf/sample-layout.ts';
import { EventRings } from './event-rings.ts';
import { readableFaultError } from './fault-errors.ts';
import { attach, type FaultScope, type FaultSource, openFaultEvents, ringOptions } from './fault-events.ts';
import { type LoadedFaultRecords, loadFaultRecords } from './load-fault-records.ts';
import { hasNodes } from './page-nodes.ts';

export interface RecordingSource extends FaultSource {
  /** What makes one record of each fault; null where entries and ends come apart, as samples. */
  readonly records: LoadedFaultRecords | null;
}

/** Of a buffer: at 300,000 faults a second, a fifth of a second; the most that kernels give to one value of a map. */
const BUFFER_BYTES = 4 * 1024 * 1024;
/** Of the ring of each CPU for mappings and tasks, which are few. */
const SIDE_RING_BYTES = 512 * 1024;

/** As openFaultEvents. `ringBytes` is the size of whatever takes the faults. */
export function openRecordingEvents(host: Host, scope: Omit<FaultScope, 'filter'>): RecordingSource {
  const pagePlaces = hasNodes(host);
  const records: Maybe<LoadedFaultRecords> | null =
    scope.only === 'ring'
      ? null
      : loadFaultRecords(host, {
          wholeMachine: scope.tgids === null,
          callchains: scope.callchains,
          pagePlaces,
          bufferBytes: scope.ringBytes ?? BUFFER_BYTES,
        });
  if (records !== null && !isMissing(records)) return openRecords(host, scope, records);
  // With callers, the two records of the filtering program cost the target more than plain samples do.
  const only = scope.callchains && scope.only === undefined ? 'ring' : scope.only;
  return { ...openFaultEvents(host, { ...scope, only }), records: null };
}

/** @param records is closed with the rings */
function openRecords(host: Host, scope: FaultScope, records: LoadedFaultRecords): RecordingSource {
  const { tgids, callchains, enableOnExec } = scope;
  const sampling: FaultSampling = {
    callchains,
    pages: true,
    pagePlaces: hasNodes(host),
    excludeKernel: false,
    inherit: tgids !== null,
    enableOnExec,
  };
  const rings = new EventRings(
    ringOptions(host, Math.min(SIDE_RING_BYTES, scope.ringBytes ?? SIDE_RING_BYTES)),
  );
  rings.own(records);
  try {
    attach(host, tgids, (role, use) => {
      if (role === 'entry') return rings.add(role, sidebandEvent(sampling), use);
      // The program reads what the kernel says of the page; nothing else of the sample is needed.
      const event = { ...faultEvent(role, sampling), sample: pageFields(sampling) };
      return rings.add(role, event, { ...use, programFd: records.programFd(role), ringless: true });
    });
  } catch (error) {
    rings.close();
    throw readableFaultError(error, tgids === null);
  }
  const layout = sampleLayout(sidebandEvent(sampling).sample ?? []);
  return {
    rings,
    sampling,
    wholeMachine: tgids === null,
    decoders: () => ({ byEvent: new Map(), layout }),
    obtainedBy: 'bpf',
    because: null,
    records,
  };
}
