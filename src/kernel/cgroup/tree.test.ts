import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { receivePacketSteering, receiveQueues } from '../net/queues.ts';
import { cgroupChildControllers, cgroupProcesses } from './tree.ts';

describe('the tree of cgroups', () => {
  it('hands down controllers by name, or none', () => {
    expect(cgroupChildControllers.parse('cpuset cpu io memory pids\n', NO_FACTS)).toContain('cpuset');
    expect(cgroupChildControllers.parse('\n', NO_FACTS)).toEqual([]);
  });

  it('lists who is inside; 0 is a process of another namespace', () => {
    expect(cgroupProcesses.parse('1\n0\n4127\n', NO_FACTS)).toEqual([1, 0, 4127]);
    expect(cgroupProcesses.parse('', NO_FACTS)).toEqual([]);
    expect(() => cgroupProcesses.parse('x\n', NO_FACTS)).toThrow(FormatError);
  });
});

describe('the queues of a network device', () => {
  it('are counted among the receiving ones only', () => {
    expect(receiveQueues.parse('tx-0\nrx-1\nrx-0\ntx-11\nrx-10', NO_FACTS)).toEqual([0, 1, 10]);
  });

  it('have a mask; zeros are none', () => {
    expect(receivePacketSteering.parse('00000000,00000000\n', NO_FACTS).isEmpty).toBe(true);
    expect(receivePacketSteering.parse('1,00000003\n', NO_FACTS).toString()).toBe('0-1,32');
  });
});
