/** The same as the flame graph, as a table: the callers before what they call, the heaviest first. */
import { fileName } from '../../model/stacks/names.ts';
import { countText, timeText } from '../format.ts';
import { words } from '../language.ts';
import { binaryOf, type Flame, nameOf, shareOf } from './flame-graph.tsx';

/** Of what is zoomed to; lighter ones are left out. */
const LEAST_SHARE = 0.005;
const MOST_ROWS = 80;
/** The number of the level says the rest. */
const MOST_INDENTS = 12;

interface Row {
  readonly node: number;
  readonly level: number;
}

interface Listed {
  readonly rows: readonly Row[];
  /** Heavy enough, but beyond what is shown. */
  readonly more: number;
}

function rowsOf({ children, sums, metric, zoom }: Flame): Listed {
  const { totals } = sums[metric];
  const least = LEAST_SHARE * (totals[zoom] ?? 0);
  const rows: Row[] = [];
  const open: Row[] = [{ node: zoom, level: 1 }];
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    const { node, level } = row;
    rows.push(row);
    const inside = (children[node] ?? []).filter((child) => (totals[child] ?? 0) > least);
    // The lightest goes on the pile first, so that the heaviest is the next row.
    inside.sort((a, b) => (totals[a] ?? 0) - (totals[b] ?? 0));
    open.push(...inside.map((child) => ({ node: child, level: level + 1 })));
  }
  return { rows: rows.slice(0, MOST_ROWS), more: Math.max(0, rows.length - MOST_ROWS) };
}

interface FlameTableProps {
  readonly flame: Flame;
  readonly zoomTo: (node: number) => void;
}

export function FlameTable({ flame, zoomTo }: FlameTableProps) {
  const { sums, zoom } = flame;
  const { rows, more } = rowsOf(flame);
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th class="num">{words('level', '단계')}</th>
            <th>{words('Function', '함수')}</th>
            <th class="num">{words('faults', '폴트')}</th>
            <th class="num">{words('stall', '정지 시간')}</th>
            <th class="num">{words('share', '비율')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ node, level }) => (
            <tr key={node}>
              <td class="num">{level}</td>
              <th scope="row" style={{ paddingLeft: `${Math.min(level - 1, MOST_INDENTS) * 8}px` }}>
                <button type="button" class="plain" onClick={() => zoomTo(node)}>
                  {nameOf(flame, node)}
                </button>{' '}
                <small title={binaryOf(flame, node)}>{fileName(binaryOf(flame, node))}</small>
              </th>
              <td class="num">{countText(sums.faults.totals[node])}</td>
              <td class="num">{timeText(sums.stall.totals[node])}</td>
              <td class="num">{shareOf(flame, node, zoom)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more === 0 ? null : (
        <p class="foot">
          {words(
            `${more} more rows; choose a function to zoom`,
            `${more}줄 더 있습니다. 함수를 선택하면 확대합니다`,
          )}
        </p>
      )}
    </div>
  );
}
