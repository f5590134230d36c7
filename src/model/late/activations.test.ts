import { expect, it } from 'vitest';
import { Activations } from './activations.ts';

const TIMER = { tid: null, tgid: null, name: 'local timer' };

function filled(count: number): Activations {
  const activations = new Activations();
  for (let i = 0; i < count; i += 1)
    activations.add({
      startNs: i * 1000,
      runNs: i % 100,
      lateNs: i,
      waitNs: 0,
      wokenBy: i % 4 === 0 ? null : TIMER,
    });
  return activations;
}

it('keeps what is added, in order, however much', () => {
  const activations = filled(5000);
  expect(activations.count).toBe(5000);
  expect([...activations.startsNs].every((ns, i) => ns === i * 1000)).toBe(true);
  expect(activations.runsNs[4999]).toBe(99);
  expect(activations.latesNs[4999]).toBe(4999);
  expect(activations.byTimerRatio).toBe(0.75);
});

it('takes an interrupt of a device or the network for no timer, nor a thread', () => {
  const activations = new Activations();
  for (const name of ['NET_RX', 'virtio0-input.0', 'local timer'])
    activations.add({ startNs: 0, runNs: 0, lateNs: 0, waitNs: 0, wokenBy: { ...TIMER, name } });
  activations.add({
    startNs: 0,
    runNs: 0,
    lateNs: 0,
    waitNs: 0,
    wokenBy: { tid: 10, tgid: 10, name: 'local timer' },
  });
  expect(activations.byTimerRatio).toBe(0.25);
});

it('gives the heaviest in the order of time, and all of few', () => {
  const heaviest = filled(5000).heaviest(100);
  expect(heaviest).toHaveLength(100);
  expect(heaviest.every(({ weightNs }) => weightNs >= 98)).toBe(true);
  expect(heaviest.every(({ timeNs }, i) => i === 0 || timeNs > (heaviest[i - 1]?.timeNs ?? 0))).toBe(true);
  expect(filled(20).heaviest(100)).toHaveLength(20);
});
