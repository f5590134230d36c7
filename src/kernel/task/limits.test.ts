import { expect, it } from 'vitest';
import { NO_FACTS } from '../../host/facts.ts';
import { LOCKED_MEMORY, processLimits } from './limits.ts';

it('reads limits of every unit', () => {
  const limits = processLimits.parse(
    `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max locked memory         8388608              unlimited            bytes     
Max nice priority         0                    40                   
Max realtime timeout      18446744073709551614 unlimited            us        
`,
    NO_FACTS,
  );
  expect(limits.get(LOCKED_MEMORY)).toEqual({ soft: 8_388_608n, hard: 'unlimited' });
  expect(limits.get('Max nice priority')).toEqual({ soft: 0n, hard: 40n });
  expect(limits.get('Max realtime timeout')?.soft).toBe(18_446_744_073_709_551_614n);
  expect(limits.size).toBe(4);
});
