/** "Give a runtime all CPUs": it sizes its thread pools by the CPUs it sees at its start, which may be too many. */
import { isMissing } from '../../base/missing.ts';
import { type Advice, advised } from '../advice.ts';
import { cpusOf } from '../phrases.ts';
import { runs } from '../program.ts';

const PROGRAMS = ['java', 'python', 'node', 'dotnet', 'ruby', 'beam.smp', 'deno', 'bun'];

export const runtime: Advice = {
  id: 'runtime',
  about: { en: 'language runtime', ko: '언어 런타임' },
  consider({ target, quota, usable }) {
    if (!runs(target, PROGRAMS)) return null;
    const cpus = isMissing(quota) || quota === null ? usable.size : Math.min(quota.cpus, usable.size);
    if (target.workload !== 'oversubscribed' && target.workload !== 'throttled')
      return advised(
        false,
        `its ${target.threads.length} threads do not want more than the ${cpusOf(cpus)} CPUs there are for them`,
        `스레드 ${target.threads.length}개가 쓸 수 있는 CPU ${cpusOf(cpus)}개보다 많이 원하지 않습니다`,
      );
    const count = Math.max(1, Math.floor(cpus));
    return advised(
      true,
      `it has ${target.threads.length} threads for ${cpusOf(cpus)} CPUs: tell it so at its start (Java -XX:ActiveProcessorCount=${count}, .NET DOTNET_PROCESSOR_COUNT=${count}, Go GOMAXPROCS=${count}, Node UV_THREADPOOL_SIZE)`,
      `CPU ${cpusOf(cpus)}개에 스레드가 ${target.threads.length}개입니다. 시작할 때 알려 주세요 (Java -XX:ActiveProcessorCount=${count}, .NET DOTNET_PROCESSOR_COUNT=${count}, Go GOMAXPROCS=${count}, Node UV_THREADPOOL_SIZE)`,
    );
  },
};
