/** `keel map`: what of a process's memory is there, mapping by mapping. */
import { findTargets } from '../../../app/find-targets.ts';
import { readMemoryMap } from '../../../app/read-memory-map.ts';
import { isMissing } from '../../../base/missing.ts';
import { defineCommand } from '../../command.ts';
import { unreadableMemory } from '../../memory-errors.ts';
import { flag, wholeNumber } from '../../options.ts';
import { mapJson } from './json.ts';
import { mapLines } from './render.ts';

const SHOWN_ROWS = 12;

export default defineCommand({
  name: 'map',
  summary: {
    en: 'what of a process is resident, swapped out, huge, locked or dirty, mapping by mapping',
    ko: '프로세스 메모리의 상주, 스왑, 거대 페이지, 잠금, 더티 상태를 매핑별로 표시',
  },
  details: {
    en: 'It reads the page tables through the kernel and touches no page: the process takes no fault for it, and no flag is cleared. What cannot be accessed (guard pages, reserved address space) is left out of the sums.',
    ko: '커널을 통해 페이지 테이블만 읽고 페이지는 건드리지 않습니다. 프로세스에 폴트가 생기지 않고 어떤 플래그도 지우지 않습니다. 접근할 수 없는 영역(가드 페이지, 예약된 주소 공간)은 합계에서 빠집니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: {
        en: 'PID, name, /regex/, cgroup:PATH, unit:NAME or self',
        ko: 'PID, 이름, /정규식/, cgroup:경로, unit:이름, self',
      },
      completes: 'target',
    },
  ],
  options: {
    mappings: flag('--mappings', { en: 'each mapping for itself', ko: '매핑 하나하나를 따로' }),
    show: wholeNumber(
      '--show <rows>',
      { en: `rows (${SHOWN_ROWS})`, ko: `행 수 (${SHOWN_ROWS})` },
      1,
      1_000_000,
    ),
  },
  examples: [
    {
      line: 'keel map arena',
      does: { en: 'by file and kind, with a picture', ko: '파일과 종류별로, 그림과 함께' },
    },
    { line: 'keel map 4127 --mappings --show 50', does: { en: 'mapping by mapping', ko: '매핑 하나씩' } },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    const [text = ''] = args;
    const target = findTargets(host, text, { all: false, command: 'map' })[0];
    if (target === undefined) throw new TypeError('no target, and no error');
    const map = readMemoryMap(host, target);
    if (isMissing(map)) throw unreadableMemory(target, map, 'map');
    const view = { show: options.show ?? SHOWN_ROWS, each: options.mappings === true };
    return { kind: 'document', json: mapJson(map), lines: (look) => mapLines(map, view, look) };
  },
});
