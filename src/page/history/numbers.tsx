/** The numbers of a range, and beside them those of the other one. */
import { Card } from '../card.tsx';
import { say, words } from '../language.ts';
import type { RangeDocument, RangesDocument, Summary } from './documents.ts';
import { differenceText, MEASURES } from './measures.ts';
import { dateAndTime } from './ranges.ts';

const COLUMNS = ['mean', 'p50', 'p99', 'most'] as const satisfies readonly (keyof Summary)[];
type Column = (typeof COLUMNS)[number];

function columnName(column: Column): string {
  if (column === 'mean') return words('mean', '평균');
  return column === 'most' ? words('max', '최대') : column;
}

function summaryOf(range: RangeDocument | undefined, metric: string): Summary | undefined {
  return range?.series.find((one) => one.metric === metric)?.summary;
}

export function Numbers({ document }: { readonly document: RangesDocument }) {
  const [shown, other] = document.ranges;
  if (shown === undefined) return null;
  const known = MEASURES.filter(
    ({ metric }) => summaryOf(shown, metric) !== undefined || summaryOf(other, metric) !== undefined,
  );
  return (
    <Card
      width={12}
      title={other === undefined ? words('Numbers', '수치') : words('Compared', '비교')}
      hint={
        other === undefined
          ? ''
          : words(
              `${spanText(shown, document)} with ${nameOf(other)}, ${spanText(other, document)}`,
              `${spanText(shown, document)}, 비교 ${nameOf(other)}, ${spanText(other, document)}`,
            )
      }
    >
      <div class="scroll">
        <table class="numbers">
          <Head hasOther={other !== undefined} />
          <tbody>
            {known.map(({ metric, name, text }) => (
              <tr key={metric}>
                <th scope="row">{say(name)}</th>
                {COLUMNS.map((column) => (
                  <Cells
                    key={column}
                    now={summaryOf(shown, metric)?.[column]}
                    before={other === undefined ? null : summaryOf(other, metric)?.[column]}
                    text={text}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="foot">
        {words(
          `p50 and p99 are of the means of ${document.stepSec} s each; max is of single frames.`,
          `p50과 p99는 ${document.stepSec}초 평균의 분위수이고, 최대는 프레임 하나의 값입니다.`,
        )}{' '}
        {other === undefined
          ? ''
          : words(
              'Two times differ for many reasons: whether a change did it, keel optimize finds out.',
              '두 시간은 여러 이유로 다를 수 있습니다. 변경의 효과인지는 keel optimize로 확인하세요.',
            )}
      </p>
    </Card>
  );
}

function nameOf({ comm, tgid }: RangeDocument): string {
  return `${comm} ${tgid}`;
}

function spanText({ startSec, steps }: RangeDocument, { stepSec }: RangesDocument): string {
  return `${dateAndTime(startSec * 1000)} – ${dateAndTime((startSec + steps * stepSec) * 1000).slice(5)}`;
}

function Head({ hasOther }: { readonly hasOther: boolean }) {
  if (!hasOther) {
    return (
      <thead>
        <tr>
          <th scope="col">{words('Measure', '항목')}</th>
          {COLUMNS.map((column) => (
            <th key={column} scope="col" class="num">
              {columnName(column)}
            </th>
          ))}
        </tr>
      </thead>
    );
  }
  return (
    <thead>
      <tr>
        <th scope="col">{words('Measure', '항목')}</th>
        {COLUMNS.map((column) => (
          <th key={column} scope="colgroup" colSpan={3} class="group">
            {columnName(column)}
          </th>
        ))}
      </tr>
      <tr>
        <td />
        {COLUMNS.flatMap((column) => [
          <th key={`${column} now`} scope="col" class="num first">
            {words('shown', '선택')}
          </th>,
          <th key={`${column} before`} scope="col" class="num">
            {words('other', '비교')}
          </th>,
          <th key={`${column} by`} scope="col" class="num">
            {words('by', '차이')}
          </th>,
        ])}
      </tr>
    </thead>
  );
}

interface CellsProps {
  readonly now: number | undefined;
  /** null where nothing is compared. */
  readonly before: number | null | undefined;
  readonly text: (value: number) => string;
}

function Cells({ now, before, text }: CellsProps) {
  const orDash = (value: number | undefined) => (value === undefined ? '—' : text(value));
  if (before === null) return <td class="num">{orDash(now)}</td>;
  return (
    <>
      <td class="num first">{orDash(now)}</td>
      <td class="num other">{orDash(before)}</td>
      <td class="num">{now === undefined || before === undefined ? '—' : differenceText(now, before)}</td>
    </>
  );
}
