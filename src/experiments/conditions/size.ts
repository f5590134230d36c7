/** How much memory an experiment may take: never so much that it would measure swap. */
import { KeelError } from '../../base/errors.ts';
import { formatBytes } from '../../base/format.ts';
import { orNull } from '../../base/missing.ts';
import { KIB, MIB } from '../../base/units.ts';
import type { Bench } from '../experiment.ts';
import { LINE_BYTES } from '../kernels/chase.ts';
import { MOST_AREA_BYTES } from '../workers/area.ts';

/** The rest of the machine keeps the other half. */
const MOST_RATIO = 0.5;

/**
 * The size that was asked for, or else the default, less where memory is short; whole lines.
 * @param factor how many times the size the experiment takes in all
 * @throws KeelError E_CONFLICT where more was asked for than fits, or less than `leastBytes` fits; E_USAGE below it
 */
export function fittingBytes(
  { sizeBytes, availableBytes }: Pick<Bench, 'sizeBytes' | 'availableBytes'>,
  defaultBytes: number,
  leastBytes: number,
  factor = 1,
): number {
  const available = orNull(availableBytes);
  const room = available === null ? MOST_AREA_BYTES : (available * MOST_RATIO) / factor;
  const mostBytes = Math.floor(Math.min(MOST_AREA_BYTES / factor, room) / MIB) * MIB;
  const wanted = sizeBytes ?? Math.min(defaultBytes, Math.max(mostBytes, leastBytes));
  if (wanted < leastBytes) throw tooSmall(wanted, leastBytes);
  if (wanted > mostBytes) throw tooLarge(wanted, mostBytes, available);
  return Math.floor(wanted / (16 * LINE_BYTES)) * 16 * LINE_BYTES;
}

function tooSmall(wantedBytes: number, leastBytes: number): KeelError {
  const [wanted, least] = [formatBytes(wantedBytes), `${leastBytes / KIB}KiB`];
  return new KeelError('E_USAGE', {
    what: {
      en: `--size ${wanted} is too small to measure; the least is ${least}`,
      ko: `--size ${wanted}은(는) 측정하기에 너무 작습니다. 최소 ${least}입니다`,
    },
    next: [{ en: `Smallest: --size ${least}`, ko: `가장 작은 값: --size ${least}` }],
  });
}

function tooLarge(wantedBytes: number, mostBytes: number, available: number | null): KeelError {
  const [wanted, most] = [formatBytes(wantedBytes), `${Math.max(0, mostBytes / MIB)}MiB`];
  const isShort = available !== null && wantedBytes > available * MOST_RATIO;
  const free = formatBytes(available ?? 0);
  return new KeelError('E_CONFLICT', {
    what: isShort
      ? {
          en: `${wanted} is more than half of the ${free} available; it would measure swap, or push others out`,
          ko: `${wanted}은(는) 사용 가능한 ${free}의 절반을 넘어 스왑을 측정하거나 다른 프로세스를 밀어내게 됩니다`,
        }
      : {
          en: `${wanted} is more than one area of memory can be here`,
          ko: `${wanted}은(는) 한 번에 잡을 수 있는 크기를 넘습니다`,
        },
    next: [{ en: `Largest sensible size: --size ${most}`, ko: `쓸 만한 가장 큰 값: --size ${most}` }],
  });
}
