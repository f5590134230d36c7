/** Faults that waited until something was read: by a limit, from swap, from a file. */
import { STORAGE_CAUSES } from '../../model/faults/cause.ts';
import { coldFiles } from '../rules/cold-files.ts';
import { memoryLimit } from '../rules/memory-limit.ts';
import { swappedOut } from '../rules/swapped-out.ts';
import { leaf } from './branch.ts';
import { stallBranch } from './stall-branch.ts';

export const storageBranch = stallBranch(
  'storage',
  { en: 'do they wait for storage or swap?', ko: '저장 장치나 스왑을 기다립니까?' },
  STORAGE_CAUSES,
  [memoryLimit, swappedOut, coldFiles].map(leaf),
);
