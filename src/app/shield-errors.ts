/** What keeps CPUs from being shielded, with the way out. */

import type { Change } from '../actions/change.ts';
import type { ChosenWay } from '../actions/shield/index.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import type { Topology } from '../model/topology.ts';

export function everyCpu(cpus: CpuSet, topology: Topology): KeelError {
  const [first] = topology.groups.core;
  const left = first === undefined ? cpus : cpus.minus(first.cpus);
  // One core of several CPUs: leave one of them.
  const most = left.isEmpty ? CpuSet.from(cpus.ids().slice(1)) : left;
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${cpus} is every CPU; nothing would be left for the system`,
      ko: `${cpus}은(는) CPU 전체라서 시스템이 쓸 CPU가 남지 않습니다`,
    },
    next: most.isEmpty
      ? [
          {
            en: 'This machine has one CPU: there is nothing to shield.',
            ko: 'CPU가 하나뿐이라 비워 둘 수 없습니다.',
          },
        ]
      : [
          {
            en: `Leave some for the system: keel shield ${most}`,
            ko: `시스템 몫을 남기세요: keel shield ${most}`,
          },
        ],
  });
}

export function alreadyShielded(change: Change): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${change.id} stands already (${change.command}); one shield at a time`,
      ko: `${change.id}이(가) 이미 적용 중입니다 (${change.command}). 한 번에 하나만 둘 수 있습니다`,
    },
    next: [
      {
        en: `Undo it first: keel undo ${change.id}     Several CPUs at once: keel shield 2,6`,
        ko: `먼저 되돌리세요: keel undo ${change.id}     여러 CPU를 한꺼번에: keel shield 2,6`,
      },
    ],
  });
}

export function needsRoot(command: string): KeelError {
  return new KeelError('E_PRIVILEGE', {
    what: {
      en: 'keeping everyone off CPUs needs root; nothing was changed',
      ko: '모두를 CPU에서 내보내려면 root 권한이 필요합니다. 아무것도 바꾸지 않았습니다',
    },
    next: [
      {
        en: `To do it: sudo keel ${command}     To see the plan: keel ${command} --dry-run`,
        ko: `실행: sudo keel ${command}     계획 보기: keel ${command} --dry-run`,
      },
    ],
  });
}

export function noWay({ obstacles }: ChosenWay, asked: string): KeelError {
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `--by ${asked} is not possible here: ${obstacles.map(({ because }) => because.en).join('; ')}`,
      ko: `여기서는 --by ${asked}을(를) 쓸 수 없습니다: ${obstacles.map(({ because }) => because.ko).join('; ')}`,
    },
    next: [
      {
        en: 'Leave --by out: the best possible way is taken',
        ko: '--by를 빼면 가능한 가장 좋은 방법을 씁니다',
      },
    ],
  });
}
