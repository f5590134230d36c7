/** The whole process on as few whole cores as it needs: threads that share data share the first two cache levels. */
import { quietestFirst, setName, unionOf, usableCores } from '../cpu-choice.ts';
import { hasRoom, known, longestDelayPct, wantedCpus } from '../demand.ts';
import { moveTarget, noRoom, openToOthers, waitingGain } from '../moves.ts';
import { cpusOf } from '../phrases.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

export const coreWithSiblings: Strategy = {
  id: 'core-with-siblings',
  does: {
    en: 'puts the process on one whole core, SMT siblings included',
    ko: '프로세스를 SMT 형제를 포함한 코어 하나에 둡니다',
  },
  goals: ['cache', 'isolation'],
  splitsCores: false,
  propose(situation) {
    const cores = usableCores(situation);
    const [core] = quietestFirst(cores.filter(({ cpus }) => cpus.size > 1));
    if (core === undefined)
      return notHere(
        `no core it may use has SMT siblings (${situation.usable})`,
        `쓸 수 있는 코어(${situation.usable})에 SMT 형제가 없습니다`,
      );
    if (cores.length < 2)
      return notHere(
        `it may use one core only (${situation.usable}) and is on it`,
        `쓸 수 있는 코어가 하나(${situation.usable})뿐이고 이미 그곳에 있습니다`,
      );
    const cpus = unionOf([core]);
    if (!hasRoom(cpus, situation)) return { because: noRoom(cpus, core.name, situation) };
    const moves = situation.target.threads.reduce((sum, thread) => sum + known(thread.migrationsPerSec), 0);
    const wants = cpusOf(wantedCpus(situation));
    const name = setName(cpus, situation.topology);
    return propose({
      strategy: coreWithSiblings.id,
      name: `one core:${cpus}`,
      summary: {
        en: `pin every thread to ${name} (${cpus}), one core with its siblings`,
        ko: `모든 스레드를 코어 하나와 그 형제인 ${name} (${cpus})에 고정합니다`,
      },
      moves: [moveTarget(situation, 'all', { cpus })],
      groups: [],
      why: {
        en: `all its threads together want ${wants} CPUs and moved ${moves.toFixed(1)} times/s between cores`,
        ko: `모든 스레드를 합쳐 CPU ${wants}개가 필요하고, 코어 사이를 초당 ${moves.toFixed(1)}번 이동했습니다`,
      },
      expectedGain: waitingGain(longestDelayPct(situation)),
      upToPct: longestDelayPct(situation),
      risk: openToOthers(cpus),
      isSlow: false,
    });
  },
};
