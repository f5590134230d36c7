/** What is left under kernel lockdown in its stricter form, in which not even root may look into the kernel. */
import { expect, it } from 'vitest';
import { describeMachine } from './machine.ts';

const MIB = 8;

interface Doctor {
  readonly lockdown: string | null;
  readonly abilities: readonly {
    readonly id: string;
    readonly state: string;
    readonly because: string | null;
    readonly grant: string | null;
  }[];
}

interface Recorded {
  readonly faults: number;
  readonly lost: number;
  /** By counters of the kernel. */
  readonly counted: { readonly faults: number };
}

interface Late {
  readonly obtainedBy: string;
  readonly moments: number;
  readonly lost: number;
}

describeMachine(
  'uma',
  (machine) => {
    machine.run(
      'sh',
      '-c',
      'mountpoint -q /sys/kernel/security || mount -t securityfs none /sys/kernel/security',
    );
    const mode = machine.read('/sys/kernel/security/lockdown');
    const doctor = machine.keel('doctor', '--json');
    const toucher = ['node', 'test/lab/guest/toucher.mjs', `${MIB}`];
    const record = machine.keel('faults', 'record', '--json', '--', ...toucher);
    const forced = machine.keel('faults', 'record', '--json', '--source', 'bpf', '--', ...toucher);
    const workload = machine.startWorkload({ threads: ['busy'] });
    const late = machine.keel('late', workload.pid, '--for', '1s', '--json');

    it('is on', () => expect(mode.stdout).toContain('[confidentiality]'));

    it('is what doctor names, with what would grant BPF', () => {
      const { lockdown, abilities } = doctor.json<Doctor>();
      expect(lockdown).toBe('confidentiality');
      expect(abilities.find(({ id }) => id === 'folding')).toMatchObject({
        state: 'no',
        because: 'kernel lockdown is on',
        grant: 'boot without lockdown=confidentiality',
      });
    });

    it.each([
      ['the best way', record],
      ['BPF that reads no memory of the kernel', forced],
    ])('leaves every fault to be seen, by %s', (_, run) => {
      const { lost, faults, counted } = run.json<Recorded>();
      expect(lost).toBe(0);
      expect(faults).toBeGreaterThanOrEqual(MIB * 256);
      expect(faults).toBe(counted.faults);
    });

    it('leaves late moments to be seen one by one, by BPF that reads no memory of the kernel', () => {
      const { obtainedBy, moments, lost } = late.json<Late>();
      expect({ obtainedBy, lost }).toEqual({ obtainedBy: 'bpf', lost: 0 });
      expect(moments).toEqual(expect.any(Number));
    });
  },
  ['--append', 'lsm=lockdown,capability lockdown=confidentiality'],
);
