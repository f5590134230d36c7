/** `keel help cpusets`: the language of CPU sets. */
import type { Topic } from './topic.ts';

export const cpusets: Topic = {
  name: 'cpusets',
  title: { en: 'CPU sets', ko: 'CPU 집합' },
  text: {
    en: "Wherever a command takes CPUs it takes this language. Numbers of CPUs, nodes and packages are the kernel's own, as lscpu and taskset write them; dies, clusters, last-level caches and cores, whose numbers the kernel repeats, are counted as keel topo shows them.",
    ko: 'CPU를 받는 모든 명령은 같은 표기를 씁니다. CPU, 노드, 패키지의 번호는 커널의 번호이며 lscpu, taskset과 같습니다. 커널 번호가 겹치는 다이, 클러스터, LLC, 코어는 keel topo가 보여 주는 순서로 셉니다.',
  },
  rows: [
    { term: '0-3,8', means: { en: 'a cpulist', ko: 'cpulist' } },
    { term: '0-15:2/4', means: { en: 'the first two of every four', ko: '네 개마다 처음 두 개' } },
    { term: '0xff', means: { en: 'a cpumask; also ff,00000000', ko: 'cpumask. ff,00000000도 가능' } },
    { term: 'all', means: { en: 'every CPU that is online', ko: '온라인인 모든 CPU' } },
    { term: 'allowed', means: { en: 'those your cpuset leaves you', ko: 'cpuset이 허용하는 CPU' } },
    {
      term: 'isolated',
      means: { en: 'those the scheduler leaves alone (isolcpus)', ko: '스케줄러가 비워 두는 CPU (isolcpus)' },
    },
    { term: 'irqfree', means: { en: 'those that handle no interrupt', ko: '인터럽트를 처리하지 않는 CPU' } },
    { term: 'package:1', means: { en: 'of one package', ko: '한 패키지의 CPU' } },
    { term: 'die:0', means: { en: 'of one die', ko: '한 다이의 CPU' } },
    { term: 'cluster:2', means: { en: 'of one cluster', ko: '한 클러스터의 CPU' } },
    {
      term: 'llc:0',
      means: { en: 'sharing one last-level cache', ko: '마지막 단계 캐시(LLC) 하나를 공유하는 CPU' },
    },
    { term: 'node:0', means: { en: 'near one NUMA node', ko: '한 NUMA 노드의 CPU' } },
    { term: 'core:0-3', means: { en: 'every CPU of these cores', ko: '이 코어들의 모든 CPU' } },
    { term: 'smt:0', means: { en: 'the first CPU of each core', ko: '각 코어의 첫 번째 CPU' } },
    {
      term: 'type:performance',
      means: {
        en: 'the fast cores of a hybrid machine; or type:efficiency',
        ko: '하이브리드의 고성능 코어. type:efficiency도 가능',
      },
    },
    { term: 'A,B', means: { en: 'A or B', ko: 'A 또는 B' } },
    { term: 'A&B', means: { en: 'A and B', ko: 'A이면서 B' } },
    { term: '!A', means: { en: 'not A, of the CPUs online', ko: '온라인 CPU 중 A가 아닌 것' } },
    {
      term: '(A,B)&C',
      means: { en: 'grouped; ! binds most, then &, then the comma', ko: '묶기. !, &, 쉼표 순으로 먼저 적용' },
    },
  ],
  notes: {
    en: '"!" binds most, then "&", then ","; ( ) group. So core:0,2 is core 0 and CPU 2; two cores are core:0,core:2. Only online CPUs come out, and a CPU named by number must be online. Quote what the shell reads: keel topo --cpus "llc:0&!irqfree". To see what a set is here: keel topo --cpus SET',
    ko: '"!", "&", "," 순서로 묶이고 ( )로 바꿀 수 있습니다. core:0,2는 코어 0과 CPU 2이고, 코어 두 개는 core:0,core:2입니다. 결과는 온라인 CPU뿐이며, 번호로 지정한 CPU는 온라인이어야 합니다. 셸이 해석하는 문자는 따옴표로 감싸세요: keel topo --cpus "llc:0&!irqfree". 이 컴퓨터에서의 결과: keel topo --cpus 집합',
  },
};
