import { describe, expect, it } from 'vitest';
import type { Incident, IncidentFinding } from '../alerts/incident.ts';
import { incident } from '../alerts/testing/observations.ts';
import type { Sentence } from '../base/sentence.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { MemorySource } from '../host/memory.ts';
import type { CloserLook, Explanation } from './closer-look.ts';
import { Explainer } from './explain.ts';
import { TestClock } from './testing/test-clock.ts';

const WHY: Sentence = { en: 'perf_event_open was refused', ko: '거부되었습니다' };
const FINDING: IncidentFinding = { rule: 'worst-fault', summary: { en: 'held', ko: '멈춤' }, evidence: [] };
const FAILED: Explanation = { findings: [], notExplained: WHY };
const FOUND: Explanation = { findings: [FINDING], notExplained: null };

/** Its incidents are the machine's, so that no process is looked for. */
function setUp(answers: readonly Explanation[]) {
  const open = new Map<string, Incident>();
  const looks: CloserLook[] = [];
  const book = {
    incident: (id: string) => open.get(id) ?? null,
    explain(id: string, findings: readonly IncidentFinding[], notExplained: Sentence | null) {
      const known = open.get(id);
      if (known !== undefined) open.set(id, { ...known, findings, notExplained });
    },
  };
  const explainer = new Explainer(
    new Host('captured', NO_FACTS, MemorySource.ofFiles({})),
    new TestClock(),
    book,
    async (_host, _clock, look) => answers[looks.push(look) - 1] ?? FAILED,
  );
  const fire = (id: string, over: Partial<Incident> = {}) => {
    const subject = { key: 'machine', process: null, target: 'machine' };
    const fired = incident({ id, subject, findings: [], ...over });
    open.set(id, fired);
    return fired;
  };
  const evaluate = async (...fired: readonly Incident[]) => {
    explainer.step(fired, 1e9, new AbortController().signal);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { open, looks, fire, evaluate };
}

describe('an incident that was not explained', () => {
  it('has the reason, and is looked at again at the next evaluation, at shorter faults too', async () => {
    const { open, looks, fire, evaluate } = setUp([FAILED, FOUND]);
    await evaluate(fire('a'));
    expect(open.get('a')).toMatchObject({ findings: [], notExplained: WHY });
    await evaluate();
    expect(open.get('a')).toMatchObject({ findings: [FINDING], notExplained: null });
    await evaluate();
    expect(looks.map(({ overNs }) => overNs)).toEqual([10_000, 1_000]);
  });

  it('is not looked at for ever', async () => {
    const { open, looks, fire, evaluate } = setUp([]);
    await evaluate(fire('a'));
    for (let i = 0; i < 10; i += 1) await evaluate();
    expect(looks).toHaveLength(3);
    expect(open.get('a')?.notExplained).toEqual(WHY);
  });

  it('keeps what was found before', async () => {
    const { open, fire, evaluate } = setUp([{ findings: [FINDING], notExplained: WHY }, FAILED]);
    await evaluate(fire('a'));
    await evaluate();
    expect(open.get('a')).toMatchObject({ findings: [FINDING], notExplained: WHY });
  });

  it('is left alone when it is over', async () => {
    const { open, looks, fire, evaluate } = setUp([]);
    await evaluate(fire('a'));
    open.delete('a');
    await evaluate();
    expect(looks).toHaveLength(1);
  });

  it('says so where its process has ended', async () => {
    const { open, looks, fire, evaluate } = setUp([]);
    await evaluate(fire('a', incident({ id: 'a', findings: [] })));
    expect(looks).toEqual([]);
    expect(open.get('a')?.notExplained?.en).toContain('had ended');
  });
});

it('keeps what it knows where others begin before it is looked at again', async () => {
  const { open, looks, fire, evaluate } = setUp([{ findings: [FINDING], notExplained: WHY }]);
  await evaluate(fire('a'));
  await evaluate(...['b', 'c', 'd', 'e', 'f'].map((id) => fire(id)));
  expect(open.get('a')).toMatchObject({ findings: [FINDING], notExplained: WHY });
  expect(looks).toHaveLength(6);
  for (let i = 0; i < 9; i += 1) await evaluate();
  expect(looks, 'three of each').toHaveLength(18);
});

it('of a storm the first are looked at, and the others say so', async () => {
  const { open, looks, fire, evaluate } = setUp(new Array<Explanation>(9).fill(FOUND));
  await evaluate(...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => fire(id)));
  expect(looks).toHaveLength(5);
  expect(open.get('g')?.notExplained?.en).toContain('too much began at once');
});
