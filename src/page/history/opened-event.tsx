/** One event of the timeline, opened: what it was, its cause, and its parts or its stack. */
import { CAUSE_NAMES, type FaultCause } from '../../model/faults/cause.ts';
import { lookOf } from '../causes.ts';
import { countText, pctText, timeText } from '../format.ts';
import { say, words } from '../language.ts';
import { PartsTable } from '../panels/moment-parts.tsx';
import { tab } from '../state.ts';
import type { FaultDetails, LateDetails, PastEvent } from './documents.ts';
import { eventText, kindName } from './event-looks.ts';
import { around, dateAndTime } from './ranges.ts';
import { loadRange, range } from './state.ts';

const CLOSE_MS = 15 * 60_000;

export function OpenedEvent({ event }: { readonly event: PastEvent }) {
  const isWide = range.value.toMs - range.value.fromMs > CLOSE_MS;
  return (
    <section class="moment" aria-label={words('the opened event', '열린 항목')}>
      <h3>{eventText(event)}</h3>
      <p class="hint">
        {kindName(event.kind)} · {dateAndTime(event.unixMs)}
        {isWide ? (
          <>
            {' '}
            <button
              type="button"
              class="btn small"
              onClick={() => {
                range.value = around(event.unixMs, CLOSE_MS);
                void loadRange();
              }}
            >
              {words('15 min around it', '전후 15분 보기')}
            </button>
          </>
        ) : null}
      </p>
      <Details event={event} />
    </section>
  );
}

function Details({ event: { kind, details } }: { readonly event: PastEvent }) {
  if (details === null) return null;
  if (kind === 'late') return <Late details={details as unknown as LateDetails} />;
  if (kind === 'slow-fault') return <SlowFault details={details as unknown as FaultDetails} />;
  if (kind === 'change') return <OpenJournal />;
  return null;
}

/** What it changed, and whether it can be put back still. */
function OpenJournal() {
  return (
    <button type="button" class="btn small" onClick={() => (tab.value = 'journal')}>
      {words('Open the journal', '저널 열기')}
    </button>
  );
}

/** Who took the time; part by part below, where somebody wants to know. */
function Late({ details }: { readonly details: LateDetails }) {
  const { lateNs, shares, parts, furtherNs } = details;
  return (
    <>
      <div class="lane" aria-hidden="true">
        {shares.map((share, i) => (
          <span
            key={i}
            class={lookOf(share.cause).className}
            style={{ width: `${(100 * share.lateNs) / lateNs}%` }}
          >
            {share.by?.comm ?? ''}
          </span>
        ))}
      </div>
      <Shares details={details} />
      <details>
        <summary>
          {furtherNs === 0
            ? words(`all ${countText(parts.length)} parts`, `모든 부분 ${countText(parts.length)}개`)
            : words(
                `the longest ${countText(parts.length)} parts; ${timeText(furtherNs)} late in the others`,
                `가장 긴 부분 ${countText(parts.length)}개. 나머지에서 ${timeText(furtherNs)} 늦음`,
              )}
        </summary>
        <PartsTable parts={parts} />
      </details>
    </>
  );
}

function Shares({ details: { lateNs, shares } }: { readonly details: LateDetails }) {
  const restNs = lateNs - shares.reduce((sum, share) => sum + share.lateNs, 0);
  return (
    <table>
      <tbody>
        {shares.map(({ cause, by, lateNs: ofNs }, i) => (
          <tr key={i}>
            <td>
              <span class={`key ${lookOf(cause).className}`}>{lookOf(cause).letter}</span>
              {say(lookOf(cause).name)}
            </td>
            <td>{by === null ? '' : `${by.comm ?? ''} ${by.tid ?? ''}`}</td>
            <td class="num">{timeText(ofNs)}</td>
            <td class="num">{pctText((100 * ofNs) / lateNs)}</td>
          </tr>
        ))}
        {restNs < lateNs / 1000 ? null : (
          <tr>
            <td colSpan={2}>{words('others', '그 밖')}</td>
            <td class="num">{timeText(restNs)}</td>
            <td class="num">{pctText((100 * restNs) / lateNs)}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function SlowFault({ details }: { readonly details: FaultDetails }) {
  const { cause, fault, latencyNs, path, mapping, fileOffset, address, stack } = details;
  const name = CAUSE_NAMES[cause as FaultCause] ?? { en: cause, ko: cause };
  const place = path === null ? mapping : `${path}${fileOffset === null ? '' : ` +${fileOffset}`}`;
  return (
    <>
      <dl class="facts">
        <dt>{words('Cause', '원인')}</dt>
        <dd>
          {say(name)} ({fault === 'major' ? words('major', '메이저') : words('minor', '마이너')})
        </dd>
        <dt>{words('Held', '멈춘 시간')}</dt>
        <dd>{timeText(latencyNs)}</dd>
        <dt>{words('Where', '위치')}</dt>
        <dd>
          {place} <small>{address}</small>
        </dd>
        <dt>{words('Code', '코드')}</dt>
        <dd>
          {details.function ?? '—'} <small>{details.binary ?? ''}</small>
        </dd>
      </dl>
      {stack.length === 0 ? null : (
        <>
          <p class="hint">{words('Stack, the innermost first', '스택 (안쪽부터)')}</p>
          <pre class="stack">{stack.join('\n')}</pre>
        </>
      )}
    </>
  );
}
