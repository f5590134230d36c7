/** The history: numbers and events of any time that was recorded, and two times side by side. */
import { useEffect } from 'preact/hooks';
import { say, words } from '../language.ts';
import { target } from '../state.ts';
import { Form } from './form.tsx';
import './history.css';
import { Card } from '../card.tsx';
import { PastHeat } from './heat.tsx';
import { Numbers } from './numbers.tsx';
import { PastPanels } from './panels.tsx';
import { dateAndTime } from './ranges.ts';
import { answer, chosen, failure, loadRange, loadTargets, targets } from './state.ts';
import { Timeline } from './timeline.tsx';

export function Past() {
  useEffect(() => {
    void loadTargets().then(loadRange);
  }, []);
  const refused = failure.value;
  return (
    <>
      {refused === null ? null : (
        <p class="notice bad w12" role="alert">
          {say(refused)}
        </p>
      )}
      {targets.value === null ? null : targets.value.length === 0 ? <NothingRecorded /> : <Recorded />}
    </>
  );
}

/** The command, for the process that is watched where there is one. */
function NothingRecorded() {
  return (
    <p class="notice w12">
      {words('Nothing was recorded yet. This begins it: ', '아직 기록한 것이 없습니다. 시작하는 명령: ')}
      <code>keel record start {target.value ?? 'PID'}</code>
    </p>
  );
}

function Recorded() {
  const found = answer.value;
  return (
    <>
      <Card width={12} title={words('History', '기록')}>
        <Form />
      </Card>
      {found === null ? null : <Found />}
    </>
  );
}

function Found() {
  const found = answer.value;
  const [shown] = found?.ranges.ranges ?? [];
  if (found === null || shown === undefined) return null;
  if (shown.series.length === 0) return <NothingThen />;
  return (
    <>
      <Timeline document={found.events} range={found.range} />
      <PastPanels document={found.ranges} />
      <PastHeat document={found.ranges} />
      <Numbers document={found.ranges} />
    </>
  );
}

function NothingThen() {
  const one = chosen.value;
  if (one === null) return null;
  const [from, to] = [dateAndTime(one.firstUnixMs), dateAndTime(one.lastUnixMs)];
  return (
    <p class="notice w12">
      {words(
        `Nothing of ${one.comm} ${one.tgid} was recorded in this time; there is something from ${from} to ${to}.`,
        `이 시간에는 ${one.comm} ${one.tgid}의 기록이 없습니다. 기록은 ${from}부터 ${to}까지 있습니다.`,
      )}
    </p>
  );
}
