/** `keel bench ... --svg FILE`. */
import type { ExperimentResult } from '../../../app/run-experiment.ts';
import { writeFileForUser } from '../../../app/write-file.ts';
import { KeelError } from '../../../base/errors.ts';
import type { Output } from '../../command.ts';
import { formatBytes } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { chartSvg } from './picture/chart.ts';

/** @throws KeelError E_CONFLICT where the file is there, E_IO where it cannot be written, E_UNSUPPORTED without a picture */
export function svgOutput(
  { experiment, report }: ExperimentResult,
  file: string,
  force: boolean,
  look: Look,
): Output {
  if (report.chart === null) throw noPicture(experiment.name);
  const svg = chartSvg(
    report.chart,
    { title: `keel bench ${experiment.name}`, verdict: report.verdict },
    look,
  );
  if (file === '-') return { kind: 'raw', text: svg };
  writeFileForUser(file, svg, force, {
    en: `To replace it: keel bench ${experiment.name} --svg ${file} --force`,
    ko: `덮어쓰기: keel bench ${experiment.name} --svg ${file} --force`,
  });
  const sizeBytes = Buffer.byteLength(svg);
  return {
    kind: 'document',
    json: { schema: 'keel.bench.svg/1', file, sizeBytes },
    lines: () => [
      ...wrap(look.say(report.verdict), look.width),
      `${safeName(file)}, ${formatBytes(sizeBytes)}`,
    ],
  };
}

function noPicture(name: string): KeelError {
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `keel bench ${name} has no picture here`,
      ko: `여기서는 keel bench ${name}의 그림이 없습니다`,
    },
  });
}
