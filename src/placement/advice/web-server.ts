/** "Pin a web server for latency": its work is in the worker processes, and those can place themselves. */
import { type Advice, advised } from '../advice.ts';
import { known, longestDelayPct, wantedCpus } from '../demand.ts';
import { pct } from '../phrases.ts';
import { runs } from '../program.ts';

const PROGRAMS = ['nginx', 'apache', 'httpd', 'caddy', 'haproxy', 'lighttpd', 'envoy', 'traefik'];
const NOTABLE_PCT = 1;

export const webServer: Advice = {
  id: 'web-server',
  about: { en: 'web server', ko: '웹 서버' },
  consider(situation) {
    const { target } = situation;
    if (!runs(target, PROGRAMS)) return null;
    const [worker] = [...target.children]
      .filter(({ comm }) => comm === target.comm)
      .sort((a, b) => known(b.runPct) - known(a.runPct));
    if (worker !== undefined && known(worker.runPct) > wantedCpus(situation) * 100)
      return advised(
        true,
        `this is the master; worker ${worker.tgid} does the work (${pct(known(worker.runPct))}): ask about that`,
        `이 프로세스는 마스터이고 일은 워커 ${worker.tgid}이(가) 합니다(${pct(known(worker.runPct))}). 워커에 대해 물어보세요`,
        `keel recommend ${worker.tgid}`,
      );
    const delay = longestDelayPct(situation);
    return delay < NOTABLE_PCT
      ? advised(
          false,
          `its threads waited ${pct(delay)} for a CPU: a pin has nothing to win for a web server that waits for clients`,
          `CPU를 기다린 시간이 ${pct(delay)}입니다. 클라이언트를 기다리는 웹 서버는 고정으로 얻을 것이 없습니다`,
        )
      : advised(
          true,
          `it waited ${pct(delay)}; let it place its own workers (nginx: worker_cpu_affinity auto) rather than all on a few CPUs`,
          `${pct(delay)} 기다렸습니다. 몇 개의 CPU에 몰지 말고 스스로 배치하게 하세요 (nginx: worker_cpu_affinity auto)`,
        );
  },
};
