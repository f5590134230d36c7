import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { openLiveHost } from './open-host.ts';
import { ThreadFiles } from './thread-files.ts';

const host = openLiveHost();
const openFiles = () => readdirSync('/proc/self/fd').length;

it('reads the threads of a process as they come and go, and leaves no file open', async () => {
  const before = openFiles();
  const files = new ThreadFiles(host);
  const tids = () =>
    files
      .readProcess(process.pid)
      .map(({ tid }) => tid)
      .sort();
  const listed = () => readdirSync('/proc/self/task').map(Number).sort();
  expect(tids()).toEqual(listed());
  const worker = new Worker('setInterval(() => {}, 1e6)', { eval: true });
  await once(worker, 'online');
  expect(tids()).toEqual(listed());
  await worker.terminate();
  expect(tids()).toEqual(listed());
  files.close();
  expect(openFiles()).toBe(before);
});

it('finds a process that ended gone, and its files closed with the next pass', async () => {
  const files = new ThreadFiles(host);
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  expect(files.readProcess(pid)).toMatchObject([{ tgid: pid, tid: pid }]);
  const open = openFiles();
  child.kill();
  await once(child, 'exit');
  expect(files.readProcess(pid)).toEqual([]);
  expect(openFiles()).toBe(open - 4);
  files.close();
});

it('sees a process of one thread get a second one', async () => {
  const child = spawn(
    'python3',
    [
      '-c',
      'import sys,threading,time\nprint(flush=True)\nsys.stdin.readline()\nthreading.Thread(target=time.sleep,args=(60,),daemon=True).start()\nprint(flush=True)\nsys.stdin.readline()',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const files = new ThreadFiles(host);
  await once(child.stdout, 'data');
  expect(files.readProcess(child.pid ?? 0)).toHaveLength(1);
  child.stdin.write('\n');
  await once(child.stdout, 'data');
  expect(files.readProcess(child.pid ?? 0)).toHaveLength(2);
  child.stdin.end('\n');
  await once(child, 'exit');
  files.close();
});
