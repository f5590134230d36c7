/** The page: asks who it serves, watches the target, and shows one tab. */
import { render } from 'preact';
import './tokens.css';
import './style.css';
import { ConfirmDialog } from './confirm.tsx';
import type { SessionDocument, TopologyDocument } from './documents.ts';
import { Header } from './header.tsx';
import { Past } from './history/view.tsx';
import { say, words } from './language.ts';
import { Alerts } from './panels/alerts.tsx';
import { Faults } from './panels/faults.tsx';
import { Findings } from './panels/findings.tsx';
import { Journal } from './panels/journal.tsx';
import { Late } from './panels/late.tsx';
import { MachineMap } from './panels/machine-map.tsx';
import { OverTime } from './panels/over-time.tsx';
import { Place } from './panels/place.tsx';
import { Processes } from './panels/processes.tsx';
import { Threads } from './panels/threads.tsx';
import { Trials } from './panels/trials.tsx';
import { Verdict } from './panels/verdict.tsx';
import { ask } from './server.ts';
import { connection, frames, session, tab, topology, watch } from './state.ts';

function Content() {
  switch (tab.value) {
    case 'overview':
      return <Overview />;
    case 'late':
      return <Late />;
    case 'faults':
      return <Faults />;
    case 'trials':
      return <Trials />;
    case 'place':
      return <Place />;
    case 'past':
      return <Past />;
    case 'journal':
      return <Journal />;
    case 'alerts':
      return <Alerts />;
    case 'processes':
      return <Processes />;
  }
}

function Overview() {
  const state = connection.value;
  if (state.kind === 'failed') {
    return (
      <p class="notice bad w12" role="alert">
        {say(state.what)}
      </p>
    );
  }
  if (state.kind === 'none') return <Processes />;
  if (frames.value.length === 0)
    return (
      <p class="notice w12">
        {words('The first figures come after one interval.', '첫 수치는 한 구간 뒤에 나옵니다.')}
      </p>
    );
  return (
    <>
      <Verdict />
      <MachineMap />
      <OverTime />
      <Threads />
      <Findings />
    </>
  );
}

function Page() {
  return (
    <>
      <a class="skip" href="#content">
        {words('Skip to the content', '본문으로 이동')}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <div class="content" role="tabpanel" aria-labelledby={`tab-${tab.value}`}>
          <Content />
        </div>
      </main>
      <ConfirmDialog />
    </>
  );
}

async function start(): Promise<void> {
  const root = document.getElementById('page');
  if (root !== null) render(<Page />, root);
  session.value = await ask<SessionDocument>('session');
  if (session.value.target !== null) watch(session.value.target);
  topology.value = await ask<TopologyDocument>('read/topo');
}

void start();
