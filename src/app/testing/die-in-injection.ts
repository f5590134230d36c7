/** Begins a call inside of a thread and kills itself at one step of it: `die-in-injection.ts TID STEP`. */
import { isMissing } from '../../base/missing.ts';
import { processStat, threadStat } from '../../kernel/task/stat.ts';
import { type InjectionStep, inThread } from '../../native/ptrace.ts';
import { Injections } from '../injections.ts';
import { openLiveHost } from '../open-host.ts';

const GETPPID = 110;

const [tgid, tid, step] = process.argv.slice(2) as [string, string, InjectionStep];
const host = openLiveHost();
const main = host.read(processStat, { pid: Number(tgid) });
const own = host.read(threadStat, { pid: Number(tgid), tid: Number(tid) });
if (isMissing(main) || isMissing(own)) throw new Error(`thread ${tid} has ended`);
const injection = new Injections(host).at(
  { tgid: Number(tgid), startTicks: main.startTicks },
  { tid: Number(tid), startTicks: own.startTicks },
);
inThread(
  {
    ...injection,
    onStep(done) {
      if (done === step) process.kill(process.pid, 'SIGKILL');
    },
  },
  (thread) => thread.call(GETPPID),
);
