/**
 * What happened in a range: late moments and slow faults by their length, findings and the rest below. One stop for Tab each;
 * arrows move, Enter opens. The worst stand in a table, too.
 */
import { useState } from 'preact/hooks';
import { Card } from '../card.tsx';
import { countText, timeText } from '../format.ts';
import { words } from '../language.ts';
import type { EventsDocument, PastEvent } from './documents.ts';
import { eventLook, eventText, hasLength, kindName } from './event-looks.ts';
import { OpenedEvent } from './opened-event.tsx';
import { dateAndTime, type Range, timeLabel } from './ranges.ts';

interface TimelineProps {
  readonly document: EventsDocument;
  readonly range: Range;
}

export function Timeline({ document, range }: TimelineProps) {
  const [opened, setOpened] = useState<PastEvent | null>(null);
  const { events, counts } = document;
  const long = longest(events);
  const marks = events.filter((event) => !hasLength(event));
  const strip = { range, opened, open: setOpened };
  return (
    <Card
      width={12}
      title={words('What happened', '일어난 일')}
      hint={counts.map(({ kind, events: of }) => `${kindName(kind)} ${countText(of)}`).join(' · ')}
    >
      {events.length === 0 ? (
        <p class="notice">{words('Nothing was noted in this time.', '이 시간에 기록된 일이 없습니다.')}</p>
      ) : null}
      {long.length === 0 ? null : (
        <Strip
          {...strip}
          events={long}
          label={words('late moments and slow faults, in the order of time', '시간순 늦은 순간과 느린 폴트')}
        />
      )}
      {marks.length === 0 ? null : (
        <Strip
          {...strip}
          events={marks}
          label={words('findings and changes, in the order of time', '시간순 발견과 변경')}
          isFlat
        />
      )}
      {events.length === 0 ? null : <TimeAxis range={range} />}
      {opened !== null && events.includes(opened) ? <OpenedEvent event={opened} /> : null}
      {events.length === 0 ? null : <Worst events={events} open={setOpened} />}
      <MoreThanShown document={document} />
    </Card>
  );
}

/** More would lie one over the other. */
const MOST_STEMS = 100;

function longest(events: readonly PastEvent[]): readonly PastEvent[] {
  const long = events.filter(hasLength).sort((a, b) => b.weight - a.weight);
  return long.slice(0, MOST_STEMS).sort((a, b) => a.unixMs - b.unixMs);
}

interface StripProps {
  readonly events: readonly PastEvent[];
  readonly range: Range;
  readonly label: string;
  readonly opened: PastEvent | null;
  readonly open: (event: PastEvent) => void;
  /** All of one height. */
  readonly isFlat?: boolean;
}

function Strip({ events, range, label, opened, open, isFlat = false }: StripProps) {
  const [at, setAt] = useState(0);
  const stop = Math.min(at, events.length - 1);
  const heights = isFlat ? null : heightsOf(events);
  const move = (event: KeyboardEvent) => {
    const last = events.length - 1;
    const next = { ArrowRight: stop + 1, ArrowLeft: stop - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const to = Math.min(last, Math.max(0, next));
    setAt(to);
    (event.currentTarget as HTMLElement).querySelectorAll('button')[to]?.focus();
  };
  return (
    <div class={isFlat ? 'strip past flat' : 'strip past'} role="toolbar" aria-label={label} onKeyDown={move}>
      {heights === null ? null : (
        <>
          <span class="axis top-axis">{timeText(heights.mostNs)}</span>
          <span class="axis low-axis">{timeText(heights.leastNs)}</span>
        </>
      )}
      {events.map((event, i) => {
        const look = eventLook(event);
        return (
          <button
            key={`${event.unixMs} ${event.kind} ${event.tid} ${event.weight}`}
            type="button"
            class={look.className}
            tabIndex={i === stop ? 0 : -1}
            aria-pressed={event === opened}
            aria-label={`${timeLabel(event.unixMs, 0)} ${kindName(event.kind)}: ${eventText(event)}`}
            title={eventText(event)}
            style={{
              left: `${(100 * (event.unixMs - range.fromMs)) / (range.toMs - range.fromMs)}%`,
              ...(heights === null ? {} : { height: `${heights.pctOf(event.weight)}%` }),
            }}
            onClick={() => {
              setAt(i);
              open(event);
            }}
          >
            <b>{look.letter}</b>
          </button>
        );
      })}
    </div>
  );
}

/** By the logarithm, from the shortest to the longest. */
function heightsOf(events: readonly PastEvent[]) {
  const lengths = events.map(({ weight }) => weight);
  const [leastNs, mostNs] = [Math.max(1, Math.min(...lengths)), Math.max(...lengths)];
  const span = Math.log(Math.max(2, mostNs / leastNs));
  const pctOf = (ns: number) => 18 + 82 * Math.min(1, Math.log(Math.max(1, ns / leastNs)) / span);
  return { leastNs, mostNs, pctOf };
}

const TICKS = 5;

function TimeAxis({ range: { fromMs, toMs } }: { readonly range: Range }) {
  const spanMs = toMs - fromMs;
  return (
    <div class="past-axis" aria-hidden="true">
      {Array.from({ length: TICKS }, (_, i) => (
        <span key={i}>{timeLabel(fromMs + (i * spanMs) / (TICKS - 1), spanMs)}</span>
      ))}
    </div>
  );
}

const MOST_LISTED = 10;

interface WorstProps {
  readonly events: readonly PastEvent[];
  readonly open: (event: PastEvent) => void;
}

/** Those with a length first: other weights are of another kind. */
function Worst({ events, open }: WorstProps) {
  const worst = [...events]
    .sort((a, b) => Number(hasLength(b)) - Number(hasLength(a)) || b.weight - a.weight)
    .slice(0, MOST_LISTED);
  return (
    <div class="scroll">
      <table class="worst">
        <thead>
          <tr>
            <th scope="col">{words('When', '시각')}</th>
            <th scope="col">{words('What', '내용')}</th>
            <th scope="col" class="num">
              {words('Length', '길이')}
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {worst.map((event) => {
            const look = eventLook(event);
            return (
              <tr key={`${event.unixMs} ${event.kind} ${event.tid} ${event.weight}`}>
                <td>{dateAndTime(event.unixMs).slice(5)}</td>
                <td>
                  <span class={`key ${look.className}`}>{look.letter}</span>
                  {eventText(event)}
                </td>
                <td class="num">{hasLength(event) ? timeText(event.weight) : '—'}</td>
                <td class="num">
                  <button
                    type="button"
                    class="btn small"
                    aria-label={`${words('Open', '열기')}: ${eventText(event)}`}
                    onClick={() => open(event)}
                  >
                    {words('Open', '열기')}
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function MoreThanShown({ document: { counts, events } }: { readonly document: EventsDocument }) {
  const all = counts.reduce((sum, one) => sum + one.events, 0);
  if (all <= events.length) return null;
  return (
    <p class="foot">
      {words(
        `the ${countText(events.length)} heaviest of ${countText(all)}; of a shorter time there are more`,
        `${countText(all)}건 중 가장 큰 ${countText(events.length)}건. 더 짧은 시간을 고르면 더 보입니다`,
      )}
    </p>
  );
}
