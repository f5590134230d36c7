/** A late moment part by part: as a lane, and as a table. */
import { lookOf } from '../causes.ts';
import { timeText } from '../format.ts';
import { say, words } from '../language.ts';

export interface MomentPart {
  readonly atNs: number;
  readonly lengthNs: number;
  readonly cause: string;
  readonly by: { readonly tid: number | null; readonly comm: string | null } | null;
}

export interface MomentPartsProps {
  readonly lengthNs: number;
  readonly parts: readonly MomentPart[];
}

export function MomentParts({ lengthNs, parts }: MomentPartsProps) {
  return (
    <>
      <div class="lane" aria-hidden="true">
        {parts.map((part) => (
          <span
            key={part.atNs}
            class={part.cause === 'run' ? '' : lookOf(part.cause).className}
            style={{ width: `${(100 * part.lengthNs) / lengthNs}%` }}
          >
            {part.by?.comm ?? ''}
          </span>
        ))}
      </div>
      <PartsTable parts={parts} />
    </>
  );
}

export function PartsTable({ parts }: Pick<MomentPartsProps, 'parts'>) {
  return (
    <table>
      <tbody>
        {parts.map((part) => (
          <tr key={part.atNs}>
            <td class="num">+{timeText(part.atNs - (parts[0]?.atNs ?? 0))}</td>
            <td>{part.cause === 'run' ? words('runs', '실행') : say(lookOf(part.cause).name)}</td>
            <td>{part.by === null ? '' : `${part.by.comm ?? ''} ${part.by.tid ?? ''}`}</td>
            <td class="num">{timeText(part.lengthNs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
