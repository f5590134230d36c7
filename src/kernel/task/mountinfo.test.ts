import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../host/facts.ts';
import { cgroupMounts } from './mountinfo.ts';

const text = `27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 23 0:28 / /mnt/a\\040b rw shared:7 master:3 - nfs server.example:/export rw
32 31 0:29 /docker/0\\0541 /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
33 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
41 31 0:38 /.. /sys/fs/cgroup/my\\040tree rw - cgroup2 cgroup2 rw,nsdelegate
`;

describe('/proc/PID/mountinfo', () => {
  it('finds the cgroup hierarchies', () => {
    expect(cgroupMounts.parse(text, NO_FACTS)).toEqual([
      {
        version: 1,
        root: '/docker/0,1',
        mountPoint: '/sys/fs/cgroup/cpu,cpuacct',
        controllers: ['cpu', 'cpuacct'],
      },
      {
        version: 1,
        root: '/',
        mountPoint: '/sys/fs/cgroup/systemd',
        controllers: ['xattr', 'name=systemd'],
      },
      { version: 2, root: '/..', mountPoint: '/sys/fs/cgroup/my tree', controllers: [] },
    ]);
  });

  it('keeps nothing else in a capture, and loses nothing by it', () => {
    const scrubbed = cgroupMounts.scrub?.(text) ?? '';
    expect(scrubbed).not.toMatch(/server|vda/);
    expect(cgroupMounts.parse(scrubbed, NO_FACTS)).toEqual(cgroupMounts.parse(text, NO_FACTS));
  });
});
