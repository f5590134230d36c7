/** `keel topo --svg FILE`. */
import { writeFileForUser } from '../../../app/write-file.ts';
import type { Topology } from '../../../model/topology.ts';
import type { Output } from '../../command.ts';
import { formatBytes } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { topologySvg } from './picture/draw.ts';

/** @throws KeelError E_CONFLICT where the file is there, E_IO where it cannot be written */
export function svgOutput(topology: Topology, file: string, force: boolean, look: Look): Output {
  const svg = topologySvg(topology, look);
  if (file === '-') return { kind: 'raw', text: svg };
  writeFileForUser(file, svg, force, {
    en: `To replace it: keel topo --svg ${file} --force`,
    ko: `덮어쓰기: keel topo --svg ${file} --force`,
  });
  const sizeBytes = Buffer.byteLength(svg);
  return {
    kind: 'document',
    json: { schema: 'keel.topo.svg/1', file, sizeBytes },
    lines: () => [`${safeName(file)}, ${formatBytes(sizeBytes)}`],
  };
}
