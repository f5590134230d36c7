/** On a machine with several nodes, memory that may lie anywhere costs a third more to reach, on half the machine. */
import { isMissing } from '../../base/missing.ts';
import { type ChecklistItem, notKnown, UNREAD } from '../checklist-item.ts';
import { evidence } from '../finding.ts';

const NODES_SOURCE = '/sys/devices/system/node';

export const numaBinding: ChecklistItem = {
  id: 'numa-binding',
  question: { en: 'is its memory near its CPUs?', ko: '메모리가 CPU 가까이에 있습니까?' },
  check({ nodes, process, window }) {
    const all = [evidence({ en: 'nodes', ko: '노드' }, nodes, 'nodes', NODES_SOURCE)];
    if (nodes <= 1) {
      return {
        status: 'pass',
        found: { en: 'there is one node only', ko: '노드가 하나뿐' },
        evidence: all,
        advice: null,
      };
    }
    if (window.target === null)
      return notKnown({ en: 'asked of a target only', ko: '대상을 지정해야 알 수 있음' });
    if (isMissing(process) || process.memoryNodes === null) return notKnown(UNREAD);
    const bound = process.memoryNodes < nodes;
    return {
      status: bound ? 'pass' : 'fail',
      found: bound
        ? { en: 'it is bound', ko: '묶여 있음' }
        : { en: 'it may lie on every node', ko: '모든 노드에 놓일 수 있음' },
      evidence: all,
      advice: bound ? null : { en: 'keel pin TARGET node:0 --mem 0', ko: 'keel pin 대상 node:0 --mem 0' },
    };
  },
};
