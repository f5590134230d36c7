/** The annotated code of a function, as a document. */
import type { Annotation } from '../../../app/annotate-faults.ts';
import { GapList } from '../../../base/missing.ts';
import type { Charge, FunctionSites } from '../../../model/faults/annotation.ts';
import type { FaultRecording } from '../../../model/faults/recording.ts';
import type { DocumentOutput } from '../../command.ts';

/** `keel.faults.annotate/1`, as docs/commands/faults-annotate.md says. */
export function annotationJson(
  annotation: Annotation,
  recording: FaultRecording,
  others: readonly FunctionSites[],
): DocumentOutput['json'] {
  const { sites, file, buildId, instructions, addresses, lines, unread } = annotation;
  const { callchains, summary } = recording;
  const charged = (charge: Charge) => chargeJson(charge, callchains);
  const gaps = new GapList();
  for (const missing of unread) gaps.take(file === null ? 'file' : 'lines', missing);
  return {
    schema: 'keel.faults.annotate/1',
    function: sites.function,
    binary: sites.binary,
    file,
    buildId,
    ...charged(sites.total),
    recording: { faults: summary.total.faults, stallNs: summary.total.stallNs },
    alsoIn: others.map(({ binary, total }) => ({ binary, ...charged(total) })),
    lines: lines.map(({ path, line, text, charge }) => ({ path, line, text, ...charged(charge) })),
    addresses,
    instructions: instructions.map(({ address, text, source, charge }) => ({
      address: `0x${address.toString(16)}`,
      text,
      path: source?.path ?? null,
      line: source?.line ?? null,
      ...(charge === null ? {} : charged(charge)),
    })),
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

function chargeJson({ own, calls, byCause }: Charge, callchains: boolean) {
  return {
    faults: own.faults,
    stallNs: own.stallNs,
    calledFaults: callchains ? calls.faults : null,
    calledStallNs: callchains ? calls.stallNs : null,
    byCause: byCause.map(({ cause, faults, stallNs }) => ({ cause, faults, stallNs })),
  };
}
