/** Mapped files that are not in the page cache: threads wait for reads, most of it booked as minor faults. */
import type { FaultCause } from '../../model/faults/cause.ts';
import { heaviestFile, longestOf, stallRule } from '../fault-stalls.ts';

const CAUSES: readonly FaultCause[] = ['file-read', 'read-ahead-wait'];

export const coldFiles = stallRule({
  id: 'cold-files',
  looksFor: { en: 'waiting for mapped files to be read', ko: '매핑한 파일 읽기 대기' },
  causes: CAUSES,
  name: { en: 'waiting for mapped files', ko: '매핑한 파일 대기' },
  verdict: { en: 'LATE BECAUSE MAPPED FILES WERE NOT IN MEMORY', ko: '늦은 이유: 메모리에 없는 매핑 파일' },
  does: {
    en: 'waited until pages of mapped files were read',
    ko: '매핑한 파일의 페이지를 읽을 때까지 기다림',
  },
  evidence: (stalls) => [...heaviestFile(stalls), ...longestOf(stalls, CAUSES)],
  remedy: (tgid) => ({
    text: {
      en: 'read the files into memory before they are needed',
      ko: '필요하기 전에 파일을 메모리로 읽어 두세요',
    },
    command: `keel warm ${tgid}`,
    action: { kind: 'warm' },
  }),
  afterwards: (tgid) => [
    {
      text: {
        en: 'then keep them there, where the machine has the memory',
        ko: '그다음, 컴퓨터에 메모리가 충분하면 메모리에 남게 하세요',
      },
      command: `keel lock ${tgid} --files`,
      undo: 'keel undo',
      action: { kind: 'lock', what: 'files' },
    },
  ],
  rank: 1,
});
