/** Before the lab tests: builds keel, puts what goes into the machines into one folder, and readies the lab. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const root = join(import.meta.dirname, '..', '..');

/** What keel is compared with in the machines, and the packages of Debian that bring it. */
const PEERS = {
  lscpu: 'util-linux',
  taskset: 'util-linux',
  numactl: 'numactl',
  migratepages: 'numactl',
  'lstopo-no-graphics': 'hwloc-nox',
} as const;

declare module 'vitest' {
  export interface ProvidedContext {
    lab: {
      /** Why no machine can be started here; null where one can. */
      readonly missing: string | null;
      /** The folder that each machine sees as /project. */
      readonly project: string;
    };
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'keel-lab-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const missing = reasonForNoLab();
    project.provide('lab', { missing, project: folder });
    if (missing === null) stageProject(folder);
    else console.log(`lab tests are skipped: ${missing}`);
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

function reasonForNoLab(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the lab needs Linux on x86-64';
  for (const [program, packageName] of Object.entries(PEERS)) {
    if (!isInstalled(program)) return `${program} is missing; on Debian: apt-get install ${packageName}`;
  }
  const { status, stderr } = spawnSync(join(root, 'lab', 'lab.sh'), ['setup'], { encoding: 'utf8' });
  if (status === 0) return null;
  const absent = /^lab: (.* is missing;.*)$/m.exec(stderr)?.[1];
  if (absent !== undefined) return absent;
  throw new Error(`lab.sh setup failed (${status}):\n${stderr}`);
}

function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;
}

/** As an installed package would be: the bundle, and koffi with its binary for this architecture. */
function stageProject(folder: string): void {
  execFileSync('npm', ['run', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const ballast = /\/koffi\/(?:doc|vendor)$/;
  for (const path of [
    'package.json',
    'dist',
    'node_modules/koffi',
    'node_modules/@koromix/koffi-linux-x64',
    'test/lab/guest',
  ]) {
    cpSync(join(root, path), join(folder, path), {
      recursive: true,
      filter: (source) => !ballast.test(source),
    });
  }
}
