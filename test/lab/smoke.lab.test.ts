import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { describeMachine } from './machine.ts';

describeMachine('single', (machine) => {
  const version = machine.keel('--version');
  const why = machine.keel('why', '--for', '1s', '--json');
  const korean = machine.run('env', 'LC_ALL=ko_KR.UTF-8', 'node', 'dist/keel.js', 'why', '--for', '1s');
  const unprivileged = machine.run(
    ...[
      'setpriv',
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      '--inh-caps=-all',
      '--bounding-set=-all',
    ],
    ...['node', 'dist/keel.js', 'why', '--for', '1s', '--json'],
  );

  it('says its version', () => {
    expect(version.outcome).toMatchObject({ status: 0, stdout: `keel ${manifest.version}\n` });
  });

  it('looks at a machine of one CPU', () => {
    expect(why.outcome).toMatchObject({ status: 0, stderr: '' });
    const document = why.json<{ schema: string; windowNs: number }>();
    expect(document.schema).toBe('keel.why/1');
    expect(document.windowNs).toBeGreaterThanOrEqual(1e9);
  });

  it('speaks Korean', () => {
    expect(korean.status).toBe(0);
    expect(korean.stdout).toMatch(/[가-힣]/);
  });

  it('looks at it without privilege too', () => {
    expect(unprivileged.status).toBe(0);
    expect(unprivileged.json<{ schema: string }>().schema).toBe('keel.why/1');
  });
});
