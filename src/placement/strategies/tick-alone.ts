/** The thread that must be on time gets a core to itself; the other threads of the process keep off it. */

import { quietestFirst, usableCores } from '../cpu-choice.ts';
import { known } from '../demand.ts';
import { moveTarget, openToOthers, waitingGain } from '../moves.ts';
import { pct, threadName } from '../phrases.ts';
import type { Situation, TargetThread } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

export const tickAlone: Strategy = {
  id: 'tick-alone',
  does: {
    en: 'gives the tick thread a core of its own, and the other threads the rest',
    ko: '틱 스레드에 코어 하나를 주고 나머지 스레드는 다른 코어에 둡니다',
  },
  goals: ['latency', 'isolation'],
  splitsCores: false,
  propose(situation) {
    const ticks = situation.target.threads.filter((thread) => thread.role === 'tick');
    const [tick] = [...ticks].sort((a, b) => known(b.runPct) - known(a.runPct));
    if (tick === undefined)
      return notHere('no thread of it wakes at a steady rate', '일정한 주기로 깨어나는 스레드가 없습니다');
    const cores = usableCores(situation);
    const [core] = quietestFirst(cores);
    if (core === undefined || cores.length < 2)
      return notHere(
        `it may use ${cores.length} core (${situation.usable}); a second one is needed for the others`,
        `쓸 수 있는 코어가 ${cores.length}개(${situation.usable})라서 다른 스레드를 둘 코어가 없습니다`,
      );
    const others = situation.target.threads.length - 1;
    const rest = situation.usable.minus(core.cpus);
    const name = threadName(tick);
    return propose({
      strategy: tickAlone.id,
      name: `tick:${core.cpus}`,
      summary: {
        en: `pin thread ${name} to ${core.name} (${core.cpus})${others > 0 ? `, the others to ${rest}` : ''}`,
        ko: `스레드 ${name}을(를) ${core.name} (${core.cpus})에 고정${others > 0 ? `하고 나머지는 ${rest}에 둡니다` : '합니다'}`,
      },
      moves: [
        moveTarget(situation, [tick], { cpus: core.cpus }),
        ...(others > 0 ? [moveTarget(situation, 'all', { cpus: rest })] : []),
      ],
      groups: [],
      why: why(tick, core.noisePct, situation),
      expectedGain: waitingGain(known(tick.runDelayPct)),
      upToPct: known(tick.runDelayPct),
      risk: openToOthers(core.cpus),
      isSlow: false,
    });
  },
};

function why(tick: TargetThread, noise: number | null, { target }: Situation) {
  const hz = (tick.tickHz ?? 0).toFixed(1);
  const [ran, waited] = [pct(known(tick.runPct)), pct(known(tick.runDelayPct))];
  const quiet =
    noise === null
      ? { en: '', ko: '' }
      : { en: `; others take ${pct(noise)} there`, ko: `. 그 코어의 다른 부하는 ${pct(noise)}입니다` };
  return {
    en: `it ticks at ${hz} Hz, ran ${ran} and waited ${waited} beside ${target.threads.length - 1} more threads${quiet.en}`,
    ko: `${hz} Hz로 깨어나 ${ran} 실행되고 ${waited} 기다렸으며, 다른 스레드가 ${target.threads.length - 1}개 있습니다${quiet.ko}`,
  };
}
