/** Numbers of experiments by their unit: in tables, on axes, in matrices. */
import type { Unit } from '../../../experiments/report.ts';
import { formatBytes, formatCount, formatDuration, formatNs, significant } from '../../output/format.ts';

export function cellText(value: number, unit: Unit, unicode: boolean): string {
  switch (unit) {
    case 'ns':
      return formatNs(value);
    case 'duration':
      return formatDuration(value, unicode);
    case 'bytes':
      return formatBytes(value);
    case 'bytesPerSec':
      return `${significant(value / 1e9)} GB/s`;
    case 'pct':
      return `${value.toFixed(2)} %`;
    case 'count':
      return formatCount(Math.round(value));
    case 'text':
      return `${value}`;
  }
}
