// Prints where everything may run, as /proc and /sys say, as one JSON object: `threads` by id and start with their mask
// and cgroups, `settings` of the machine by path, `cgroups` below the root.
// usage: node state.mjs
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PF_WQ_WORKER = 0x20;
const PF_NO_SETAFFINITY = 0x0400_0000;

function listed(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** null where the task has ended, or the file is not there. */
function text(path) {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return null;
  }
}

/** Its line of the hierarchy that has the cpuset controller; of the others, anybody may move it meanwhile. */
function cpusetGroup(memberships) {
  return (
    (/^\d+:(?:[^:]*,)?cpuset(?:,[^:]*)?:.*$/m.exec(memberships) ?? /^0::.*$/m.exec(memberships))?.[0] ?? ''
  );
}

function threads() {
  const found = {};
  for (const { name: pid } of listed('/proc').filter(({ name }) => /^\d+$/.test(name))) {
    for (const { name: tid } of listed(`/proc/${pid}/task`)) {
      const folder = `/proc/${pid}/task/${tid}`;
      const [stat, status, cgroup] = ['stat', 'status', 'cgroup'].map((name) => text(join(folder, name)));
      if (stat === null || status === null || cgroup === null) continue;
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const comm = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      // Workers and rescuers of workqueues come and go, and follow the mask of their queue.
      if ((Number(fields[6]) & PF_WQ_WORKER) !== 0 || fields[0] === 'Z') continue;
      found[`${tid}@${fields[19]}`] = {
        comm,
        pid: Number(pid),
        mask: /^Cpus_allowed_list:\t(.*)$/m.exec(status)?.[1],
        cgroup: cpusetGroup(cgroup),
        fixed: (Number(fields[6]) & PF_NO_SETAFFINITY) !== 0,
      };
    }
  }
  return found;
}

function settings() {
  const queues = listed('/sys/class/net').flatMap(({ name }) =>
    listed(`/sys/class/net/${name}/queues`).map(
      (queue) => `/sys/class/net/${name}/queues/${queue.name}/rps_cpus`,
    ),
  );
  const paths = [
    ...listed('/proc/irq').map(({ name }) => `/proc/irq/${name}/smp_affinity_list`),
    '/proc/irq/default_smp_affinity',
    '/sys/devices/virtual/workqueue/cpumask',
    '/sys/fs/cgroup/cgroup.subtree_control',
    ...queues,
  ];
  return Object.fromEntries(paths.map((path) => [path, text(path)]).filter(([, value]) => value !== null));
}

function cgroups() {
  const found = {};
  const visit = (folder) => {
    if (!existsSync(join(folder, 'cgroup.procs'))) return;
    for (const name of ['cpuset.cpus', 'cpuset.mems', 'cpuset.cpus.partition', 'cpuset.cpus.effective']) {
      const value = text(join(folder, name));
      if (value !== null) found[join(folder, name)] = value;
    }
    for (const child of listed(folder)) if (child.isDirectory()) visit(join(folder, child.name));
  };
  visit('/sys/fs/cgroup');
  visit('/sys/fs/cgroup/cpuset');
  return found;
}

export function state() {
  return { threads: threads(), settings: settings(), cgroups: cgroups() };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(`${JSON.stringify(state())}\n`);
