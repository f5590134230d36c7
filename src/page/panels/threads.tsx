/** The threads, those that waited longest first. */
import { useState } from 'preact/hooks';
import { isMissing, type Maybe } from '../../base/missing.ts';
import type { ThreadFrame } from '../../model/watch/frame.ts';
import { Card } from '../card.tsx';
import { words } from '../language.ts';
import { lastFrame, lastTarget } from '../state.ts';

const SHOWN = 12;

const ORDERS = {
  delay: (thread: ThreadFrame) => thread.runDelayNs,
  run: (thread: ThreadFrame) => thread.runTimeNs,
  stall: (thread: ThreadFrame) => thread.faultStallNs,
  moves: (thread: ThreadFrame) => thread.migrations,
} as const;
type Order = keyof typeof ORDERS;

export function Threads() {
  const [order, setOrder] = useState<Order>('delay');
  const [filter, setFilter] = useState('');
  const [all, setAll] = useState(false);
  const frame = lastFrame.value;
  const threads = lastTarget.value?.threads ?? [];
  if (frame === null) return null;
  const value = (thread: ThreadFrame) => {
    const one = ORDERS[order](thread);
    return isMissing(one) ? -1 : one;
  };
  const matching = threads.filter(({ comm, tid }) => `${tid} ${comm}`.includes(filter));
  const sorted = [...matching].sort((a, b) => value(b) - value(a) || a.tid - b.tid);
  const shown = all ? sorted : sorted.slice(0, SHOWN);
  const more = sorted.length - shown.length;
  return (
    <Card
      width={12}
      title={words('Threads', '스레드')}
      hint={words(
        `${threads.length} in the last ${(frame.elapsedNs / 1e9).toFixed(1)} s`,
        `최근 ${(frame.elapsedNs / 1e9).toFixed(1)}초의 ${threads.length}개`,
      )}
      right={
        <input
          type="search"
          placeholder={words('filter', '거르기')}
          aria-label={words('filter threads', '스레드 거르기')}
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      }
    >
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>{words('Thread', '스레드')}</th>
              <th class="num">CPU</th>
              <th>{words('policy', '정책')}</th>
              <Sortable order="run" now={order} choose={setOrder} text={words('run %', '실행 %')} />
              <Sortable
                order="delay"
                now={order}
                choose={setOrder}
                text={words('run delay ms/s', '실행 지연 ms/s')}
              />
              <Sortable
                order="stall"
                now={order}
                choose={setOrder}
                text={words('fault stall ms/s', '폴트 정지 ms/s')}
              />
              <Sortable order="moves" now={order} choose={setOrder} text={words('moves/s', '이동/s')} />
            </tr>
          </thead>
          <tbody>
            {shown.map((thread) => (
              <Row key={thread.tid} thread={thread} elapsedNs={frame.elapsedNs} />
            ))}
          </tbody>
        </table>
      </div>
      {more === 0 ? null : (
        <button type="button" class="btn small" onClick={() => setAll(true)}>
          {words(`${more} more`, `${more}개 더`)}
        </button>
      )}
    </Card>
  );
}

interface SortableProps {
  readonly order: Order;
  readonly now: Order;
  readonly choose: (order: Order) => void;
  readonly text: string;
}

function Sortable({ order, now, choose, text }: SortableProps) {
  return (
    <th class="num" aria-sort={order === now ? 'descending' : 'none'}>
      <button type="button" class="btn small" aria-pressed={order === now} onClick={() => choose(order)}>
        {text}
        {order === now ? ' ▾' : ''}
      </button>
    </th>
  );
}

function Row({ thread, elapsedNs }: { readonly thread: ThreadFrame; readonly elapsedNs: number }) {
  const perSec = (value: Maybe<number>, scale: number) =>
    isMissing(value) ? '—' : ((value * 1e9) / elapsedNs / scale).toFixed(1);
  return (
    <tr>
      <th scope="row">
        {thread.comm} <small>{thread.tid}</small>
      </th>
      <td class="num">{thread.cpu}</td>
      <td>{thread.policy}</td>
      <td class="num">{perSec(thread.runTimeNs, 1e7)}</td>
      <td class="num">{perSec(thread.runDelayNs, 1e6)}</td>
      <td class="num">{perSec(thread.faultStallNs, 1e6)}</td>
      <td class="num">{perSec(thread.migrations, 1)}</td>
    </tr>
  );
}
